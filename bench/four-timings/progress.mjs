import { Presets, SingleBar } from 'cli-progress';

/**
 * A progress bar on a terminal, nothing where stderr is a file or a pipe. It is moved between measurements only, and
 * counts bytes, so that the time left is told rightly.
 */
export class Progress {
  #bar = new SingleBar(
    {
      format: '{bar} {percentage} %  {eta_formatted} left  {label}',
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      // A timer would draw in the middle of a measurement.
      synchronousUpdate: true,
      fps: 0.1,
      etaBuffer: 20,
    },
    Presets.shades_grey,
  );

  /** @param {number} total */
  constructor(total) {
    this.#bar.start(total, 0, { label: '' });
  }

  /**
   * @param {number} amount that is done
   * @param {string} label of what comes now
   */
  step(amount, label) {
    this.#bar.increment(amount, { label });
  }

  end() {
    this.#bar.stop();
  }
}
