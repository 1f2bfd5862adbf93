import { CloseCode } from '../protocol/close-code.js';
import { PosternError, ProtocolError } from '../protocol/errors.js';
import type { ConnectionSettings } from './options.js';

/** What a connection tells about itself on a beat. */
export interface Vitals {
  /** Whether we read; while we do not, nothing can be heard of the peer. */
  readonly isReading: boolean;
  /** Whether a message has begun and not ended. */
  readonly isMidMessage: boolean;
  /** Changes with what the peer takes of blocked output; `undefined` while output is not blocked. */
  readonly outputProgress: number | undefined;
}

/** What is to be done: nothing, a ping, a close for idleness, failing the connection, or giving the peer up for dead. */
export type Verdict =
  | undefined
  | { readonly act: 'ping' }
  | { readonly act: 'idle' }
  | { readonly act: 'fail'; readonly cause: ProtocolError }
  | { readonly act: 'giveUp'; readonly cause: PosternError };

const PING: Verdict = { act: 'ping' };
const IDLE: Verdict = { act: 'idle' };

/**
 * When something was last seen of a connection, counted in beats of the pulse, and what follows from that: the
 * heartbeat, the deadline of an unfinished message, and the limit for idleness.
 */
export class Liveness {
  readonly #settings: ConnectionSettings;
  /** The last byte of the peer's, and the last message each way. */
  #heardAt: number;
  #receivedAt: number;
  #sentAt: number;
  #progressAt = 0;
  #progress = 0;
  #messageBeganAt = 0;

  constructor(settings: ConnectionSettings) {
    this.#settings = settings;
    this.#heardAt = this.#receivedAt = this.#sentAt = settings.pulse.beat;
  }

  /** Bytes came, or reading has just gone on: what was sent meanwhile could not be heard. */
  heard(): void {
    this.#heardAt = this.#settings.pulse.beat;
  }

  received(): void {
    this.#receivedAt = this.#settings.pulse.beat;
  }

  sent(): void {
    this.#sentAt = this.#settings.pulse.beat;
  }

  /** Output has become blocked. */
  blocked(progress: number): void {
    this.#progressAt = this.#settings.pulse.beat;
    this.#progress = progress;
  }

  judge(vitals: Vitals): Verdict {
    const { beat } = this.#settings.pulse;
    const { outputProgress } = vitals;
    const output =
      outputProgress === undefined ? undefined : this.#judgeOutput(outputProgress, beat);
    if (output !== undefined) return output;
    if (!vitals.isReading) {
      this.#heardAt = beat;
      this.#messageBeganAt = 0;
      return undefined;
    }
    return (
      this.#judgeMessage(vitals.isMidMessage, beat) ??
      this.#judgeSilence(beat) ??
      this.#judgeIdleness(beat)
    );
  }

  #judgeOutput(progress: number, beat: number): Verdict {
    if (progress !== this.#progress) this.#progressAt = beat;
    this.#progress = progress;
    const { timeoutBeats, heartbeatTimeout } = this.#settings;
    if (timeoutBeats === 0 || beat - this.#progressAt < timeoutBeats) return undefined;
    const message = `the peer took no byte of the output within ${heartbeatTimeout} ms`;
    return { act: 'giveUp', cause: new PosternError('POSTERN_ERR_OUTPUT_STALLED', message) };
  }

  #judgeMessage(isMidMessage: boolean, beat: number): Verdict {
    if (!isMidMessage) {
      this.#messageBeganAt = 0;
      return undefined;
    }
    const { messageBeats, messageTimeout } = this.#settings;
    // A message that came meanwhile was the one that had begun, and this is another.
    if (this.#messageBeganAt === 0 || this.#receivedAt >= this.#messageBeganAt) {
      this.#messageBeganAt = beat;
    }
    if (messageBeats === 0 || beat - this.#messageBeganAt < messageBeats) return undefined;
    const message = `message not finished within ${messageTimeout} ms`;
    const code = CloseCode.PolicyViolation;
    return { act: 'fail', cause: new ProtocolError('POSTERN_ERR_MESSAGE_TIMEOUT', message, code) };
  }

  #judgeSilence(beat: number): Verdict {
    const { intervalBeats, timeoutBeats, heartbeatTimeout } = this.#settings;
    const silence = beat - this.#heardAt;
    if (intervalBeats === 0 || silence < intervalBeats) return undefined;
    if (timeoutBeats > 0 && silence >= intervalBeats + timeoutBeats) {
      const message = `no byte from the peer within ${heartbeatTimeout} ms of a ping`;
      return { act: 'giveUp', cause: new PosternError('POSTERN_ERR_HEARTBEAT_TIMEOUT', message) };
    }
    return silence % intervalBeats === 0 ? PING : undefined;
  }

  #judgeIdleness(beat: number): Verdict {
    const { idleBeats } = this.#settings;
    const lastMessageAt = Math.max(this.#receivedAt, this.#sentAt);
    return idleBeats > 0 && beat - lastMessageAt >= idleBeats ? IDLE : undefined;
  }
}
