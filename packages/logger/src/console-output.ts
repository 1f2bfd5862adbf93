import { callLogger, methodFor, type ForeignLogger } from './foreign-logger.js';
import { levelOf } from './level.js';
import type { Output } from './output.js';
import type { RenderLine } from './pretty-line.js';

/**
 * Somebody's `console`, which has neither times nor levels of its own: it gets whole lines. Without `render` they are lines
 * of JSON.
 */
export function consoleOutput(logger: ForeignLogger, render: RenderLine | undefined): Output {
  return {
    rank: 0,
    write: (line, level) => {
      const name = methodFor(logger, levelOf(level) ?? 'info');
      callLogger(logger, name, [(render === undefined ? line : render(line)).trimEnd()]);
    },
    reopen: ignore,
    close: ignore,
  };
}

function ignore(): void {}
