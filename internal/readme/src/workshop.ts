import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const blocks = fileURLToPath(new URL('../blocks/', import.meta.url));

/** A folder for code from a page; inside this package, so that what the code imports is found. */
export class Workshop {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(): Promise<Workshop> {
    await mkdir(blocks, { recursive: true });
    return new Workshop(await mkdtemp(blocks));
  }

  /** The path of the file, which may be in folders of its own. */
  async write(file: string, code: string): Promise<string> {
    const path = join(this.folder, file);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, code);
    return path;
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}
