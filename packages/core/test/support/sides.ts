import type { Role } from '../../src/protocol/protocol.js';
import { frame, type FrameParts } from './frame-builder.js';
import { hex } from './hex.js';

/** The same frames for both ends: masked, as a server gets them, and bare, as a client does. */
export interface SidesCase {
  /** What it is about, as the end of a sentence. */
  readonly name: string;
  /** The section of RFC 6455 that says so. */
  readonly section: string;
  /** In hex, what a server receives. */
  readonly server: string;
  /** In hex, what a client receives. */
  readonly client: string;
}

/** One role's part of a `SidesCase`. */
export type Side<Case extends SidesCase> = Case & {
  readonly role: Role;
  readonly bytes: Buffer;
};

/** A row per case and role, for `test.each(bothSides([…]))('%s', (_, side) => …)`: the section and the bytes are in its name. */
export function bothSides<Case extends SidesCase>(
  cases: readonly Case[],
): (readonly [name: string, side: Side<Case>])[] {
  return cases.flatMap((sidesCase) => [sideOf(sidesCase, 'server'), sideOf(sidesCase, 'client')]);
}

function sideOf<Case extends SidesCase>(
  sidesCase: Case,
  role: Role,
): readonly [name: string, side: Side<Case>] {
  const { name, section, [role]: text } = sidesCase;
  return [
    `${role}: ${name} (section ${section}): ${text}`,
    { ...sidesCase, role, bytes: hex(text) },
  ];
}

/** The masking key of the samples in RFC 6455, section 5.7. */
export const sampleKey = hex('37fa213d');

/** The same frames as a server and as a client receive them, in hex. */
export function wire(...frames: readonly FrameParts[]): Pick<SidesCase, 'server' | 'client'> {
  const written = (maskingKey?: Uint8Array) =>
    frames.map((parts) => frame({ ...parts, maskingKey }).toString('hex')).join(' ');
  return { server: written(sampleKey), client: written() };
}
