/** Something that takes a place in a `JobQueue` until it says that it is done. */
export interface Job {
  /** Called once, when there is a place: within `add`, or within another job's `done`. */
  start(): void;
}

/**
 * How many jobs are in zlib at the same time, over all connections. libuv has four threads unless told
 * otherwise: one stays free for files and names, and a crowd of compressed connections cannot fragment the
 * heap.
 */
const MOST_JOBS = 3;

/** Jobs that wait for a place, first come, first served. */
export class JobQueue {
  readonly #places: number;
  readonly #waiting = new Set<Job>();
  #running = 0;

  constructor(places: number) {
    this.#places = places;
  }

  /** How many jobs have a place. */
  get running(): number {
    return this.#running;
  }

  /** How many jobs wait for one. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Starts `job`, now or when its turn comes. */
  add(job: Job): void {
    this.#waiting.add(job);
    this.#fill();
  }

  /** Takes `job` back; false when it has been started. */
  remove(job: Job): boolean {
    return this.#waiting.delete(job);
  }

  /** Gives back the place of a job that was started. */
  done(): void {
    this.#running -= 1;
    this.#fill();
  }

  #fill(): void {
    for (const job of this.#waiting) {
      if (this.#running >= this.#places) return;
      this.#waiting.delete(job);
      this.#running += 1;
      job.start();
    }
  }
}

/** The one queue of the process. */
export const zlibQueue: JobQueue = new JobQueue(MOST_JOBS);
