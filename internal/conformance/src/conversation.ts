import type { Message, Piece, Step } from './case.js';
import { CaseFailure } from './case-failure.js';
import { deliver } from './deliver.js';
import { encodeFrame, Opcode, type Role } from './wire/frame.js';
import { pong } from './wire/frames.js';
import type { RawSocket } from './wire/raw-socket.js';
import { findFault, takeFrame, type ReceivedFrame } from './wire/received-frame.js';

/** What the peer under test sent on an open connection, judged frame by frame as it comes. */
export class Conversation {
  readonly socket: RawSocket;
  /** The role under test; ours is the other one. */
  readonly peer: Role;
  /** Messages and pongs that no step has asked for yet. */
  readonly messages: Message[] = [];
  readonly pongs: Buffer[] = [];
  readonly maskingKeys: Buffer[] = [];
  /** The payload of the peer's close frame. */
  close: Buffer | undefined;
  #fragments: ReceivedFrame[] = [];

  constructor(socket: RawSocket, peer: Role) {
    this.socket = socket;
    this.peer = peer;
  }

  /** Nothing more can come. */
  get over(): boolean {
    return this.close !== undefined || this.socket.ended;
  }

  encode(pieces: readonly Piece[]): Buffer[] {
    const sender = this.peer === 'server' ? 'client' : 'server';
    return pieces.map((piece) =>
      piece instanceof Uint8Array ? Buffer.from(piece) : encodeFrame(piece, sender),
    );
  }

  /** Writes until done, or until the peer has said its last word. */
  async send(step: Extract<Step, { kind: 'send' }>): Promise<void> {
    await deliver(this.encode(step.pieces), step, {
      write: (bytes) => this.socket.write(bytes),
      stopped: () => {
        this.readAll();
        return this.over;
      },
    });
  }

  /** Reads until `claim` holds; false when the conversation is over without. */
  async until(claim: () => boolean, awaited: string): Promise<boolean> {
    for (;;) {
      this.readAll();
      if (claim()) return true;
      if (this.over) return false;
      await this.socket.more(awaited);
    }
  }

  /** Takes in every frame that has arrived. */
  readAll(): void {
    for (;;) {
      const frame = takeFrame(this.socket.received);
      if (frame === undefined) break;
      this.#take(frame);
    }
    if (this.close !== undefined && this.socket.received.length > 0) {
      throw new CaseFailure('bytes came after the close frame (section 5.5.1)');
    }
  }

  #take(frame: ReceivedFrame): void {
    if (this.close !== undefined)
      throw new CaseFailure('a frame came after the close frame (section 5.5.1)');
    const fault = findFault(frame, this.peer);
    if (fault !== undefined) throw new CaseFailure(fault);
    if (frame.maskingKey !== undefined) this.maskingKeys.push(frame.maskingKey);
    if (frame.opcode < Opcode.Close) this.#takeFragment(frame);
    else this.#takeControl(frame);
  }

  #takeControl(frame: ReceivedFrame): void {
    if (frame.opcode === Opcode.Close) this.close = frame.payload;
    else if (frame.opcode === Opcode.Pong) this.pongs.push(frame.payload);
    else for (const bytes of this.encode([pong(frame.payload)])) this.socket.write(bytes);
  }

  #takeFragment(frame: ReceivedFrame): void {
    const continues = frame.opcode === Opcode.Continuation;
    if (continues !== this.#fragments.length > 0)
      throw new CaseFailure('sent fragments out of order (section 5.4)');
    this.#fragments.push(frame);
    if (!frame.fin) return;
    const parts = this.#fragments;
    this.#fragments = [];
    const payload =
      parts.length === 1 ? frame.payload : Buffer.concat(parts.map((part) => part.payload));
    this.messages.push({ type: parts[0]!.opcode === Opcode.Text ? 'text' : 'binary', payload });
  }
}
