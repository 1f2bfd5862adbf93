import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Program, type Outcome } from './program.js';
import { visit, type Visitor } from './visitor.js';
import { openWorkshop } from './workshop.js';

/** How a server, in a process of its own, ends when a client that it has let in does as `act` says. */
export async function endAfter(code: string, act: (visitor: Visitor) => void): Promise<Outcome> {
  const folder = await openWorkshop();
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'server.mjs');
  await writeFile(file, code);
  const program = new Program(file);
  onTestFinished(() => program.signal('SIGKILL'));
  act(await visit(await program.listens()));
  return program.outcome;
}
