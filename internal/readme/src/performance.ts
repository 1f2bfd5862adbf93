import { expectedOutput } from './expected-output.js';
import { freePort } from './free-port.js';
import type { Deed } from './plan.js';
import { Program } from './program.js';
import type { Workshop } from './workshop.js';

/** The port that all pages speak of. It becomes a free one. */
const WRITTEN_PORT = /\b8080\b/g;

/**
 * Does what a page says, step by step. Each resolves with the name of the file, and rejects when something else happens
 * than the page promises.
 */
export class Performance {
  readonly #workshop: Workshop;
  /** Of the last server; at first of none, and nothing listens there. */
  #port = 1;
  #server: Program | undefined;

  constructor(workshop: Workshop) {
    this.#workshop = workshop;
  }

  /** Of the last server. */
  get port(): number {
    return this.#port;
  }

  async write({ file, block }: Deed): Promise<string> {
    await this.#workshop.write(file, block.code.replace(WRITTEN_PORT, String(this.#port)));
    return file;
  }

  /** Until it listens. */
  async serve(step: Deed): Promise<string> {
    this.#port = await freePort();
    this.#server = new Program(this.#workshop.folder, await this.write(step));
    await this.#server.listensOn(this.#port);
    return step.file;
  }

  /** To its end, which must be a good one. */
  async run(step: Deed): Promise<string> {
    const program = new Program(this.#workshop.folder, await this.write(step));
    const { end, stdout, stderr } = await program.outcome;
    if (end !== 0) throw new Error(`it ended with ${end}: ${stderr}${stdout}`);
    requireQuiet(step, stderr);
    requirePrinted(step, stdout);
    return step.file;
  }

  /** A server that says what it does on SIGTERM must end with 0. */
  async end(step: Deed): Promise<string> {
    const server = this.#server!;
    server.signal('SIGTERM');
    const { end, stdout, stderr } = await server.outcome;
    const expected = step.block.code.includes('SIGTERM') ? 0 : 'SIGTERM';
    if (end !== expected) throw new Error(`it ended with ${end}: ${stderr}`);
    requireQuiet(step, stderr);
    requirePrinted(step, stdout);
    return step.file;
  }

  /** However it went. */
  stop(): void {
    this.#server?.signal('SIGKILL');
  }
}

/** Warnings and stack traces are not what a reader should see; what the code itself writes there may be. */
function requireQuiet(step: Deed, stderr: string): void {
  if (stderr === '' || step.block.code.includes('console.error')) return;
  throw new Error(`expected nothing on stderr, but it printed:\n${stderr}`);
}

/** What the program says that it prints must be among its lines, in that order. */
function requirePrinted(step: Deed, stdout: string): void {
  const printed = stdout.split('\n');
  let from = 0;
  for (const line of expectedOutput(step.block.code)) {
    const index = printed.indexOf(line, from);
    if (index === -1) throw new Error(`expected it to print '${line}', but it printed:\n${stdout}`);
    from = index + 1;
  }
}
