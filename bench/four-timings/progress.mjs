import { Presets, SingleBar } from 'cli-progress';

/**
 * A progress bar on a terminal, nothing where stderr is a file or a pipe. The caller counts work, not messages, so that
 * the time left is told rightly.
 */
export class Progress {
  #bar = new SingleBar(
    {
      format: '{bar} {percentage} %  {eta_formatted}  {label}',
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      // Seldom, for it takes a core from whoever is being measured.
      fps: 2,
      etaBuffer: 20,
      formatTime: timeLeft,
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

/** @param {number} seconds */
function timeLeft(seconds) {
  return seconds > 0 && seconds < 1000 ? `${seconds} s left` : '';
}
