import type { Level } from './level.js';

/** What a line has besides its text. */
export type Fields = Readonly<Record<string, unknown>>;

/** Where a logger's lines go. */
export interface Writer {
  /** Whether a line of this level would be seen. */
  isLevelEnabled(level: Level): boolean;
  write(level: Level, fields: Fields, text: string): void;
  /** Calls `listener` when the answer of `isLevelEnabled` may have changed; returns what ends that. */
  onLevelChange(listener: () => void): () => void;
  reopen(): void;
  close(): void;
}
