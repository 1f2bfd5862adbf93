import { readFileSync } from 'node:fs';

/** Resident memory of a process in bytes; undefined where the system does not tell. */
export function residentMemory(pid: number): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024;
  } catch {
    return undefined;
  }
}

/** Watches the resident memory of a process and remembers how far it grew. */
export class MemoryWatch {
  readonly #pid: number;
  readonly #start: number;
  readonly #timer: NodeJS.Timeout;
  #peak: number;

  constructor(pid: number) {
    this.#pid = pid;
    this.#start = this.#peak = residentMemory(pid) ?? 0;
    this.#timer = setInterval(() => this.#sample(), 10);
  }

  /** Stops watching; bytes by which the process grew at most. */
  stop(): number {
    clearInterval(this.#timer);
    this.#sample();
    return this.#peak - this.#start;
  }

  #sample(): void {
    this.#peak = Math.max(this.#peak, residentMemory(this.#pid) ?? 0);
  }
}
