import type { CloseStatus } from '../../src/protocol/close-frame.js';
import { ProtocolError } from '../../src/protocol/errors.js';
import type { ControlSink } from '../../src/protocol/frame-parser.js';
import type { ProtocolSink } from '../../src/protocol/protocol.js';
import { TextBytes } from '../../src/protocol/text-bytes.js';

/** What a sink was told; bytes in hex, so that they compare and print well. */
export type SinkEvent =
  | readonly ['text', string, number]
  | readonly ['binary', string, number]
  | readonly ['text bytes', string, number]
  | readonly ['compressed text' | 'compressed binary', string]
  | readonly ['control', number, string]
  | readonly ['ping' | 'pong', string]
  | readonly ['close', number, string]
  | readonly ['failed', string, number];

/** Writes down all that it is told, and then calls `afterEach`, from where a test may act inside a call. */
export class RecordingSink implements ProtocolSink, ControlSink {
  readonly events: SinkEvent[] = [];
  /** The bytes of the last message that had bytes. */
  lastBinary: Buffer | undefined;
  /** What a sink may keep, with its bytes in hex as they were when it came. */
  readonly kept: { readonly bytes: Buffer; readonly hex: string }[] = [];
  afterEach: (event: SinkEvent) => void = () => {};

  onMessage(data: string | Buffer | TextBytes, size: number): void {
    if (typeof data === 'string') {
      this.#record(['text', data, size]);
    } else if (data instanceof TextBytes) {
      this.lastBinary = data.bytes;
      this.#keep(data.bytes);
      this.#record(['text bytes', data.bytes.toString('hex'), size]);
    } else {
      this.lastBinary = data;
      this.#keep(data);
      this.#record(['binary', data.toString('hex'), size]);
    }
  }

  onCompressedMessage(payload: Buffer, text: boolean): void {
    this.#keep(payload);
    this.#record([text ? 'compressed text' : 'compressed binary', payload.toString('hex')]);
  }

  onControl(opcode: number, payload: Buffer): void {
    this.#record(['control', opcode, payload.toString('hex')]);
  }

  onPing(payload: Buffer): void {
    this.#record(['ping', payload.toString('hex')]);
  }

  onPong(payload: Buffer): void {
    this.#record(['pong', payload.toString('hex')]);
  }

  onClose(status: CloseStatus): void {
    this.#record(['close', status.code, status.reason]);
  }

  /** Runs `step`; a `ProtocolError` is written down as the event that it is, and true says that one came. */
  failed(step: () => void): boolean {
    try {
      step();
      return false;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.events.push(['failed', error.code, error.closeCode]);
      return true;
    }
  }

  #keep(bytes: Buffer): void {
    this.kept.push({ bytes, hex: bytes.toString('hex') });
  }

  #record(event: SinkEvent): void {
    this.events.push(event);
    this.afterEach(event);
  }
}
