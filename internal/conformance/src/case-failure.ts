/** The peer under test did something else than the case expects; the message says what was found. */
export class CaseFailure extends Error {
  override readonly name = 'CaseFailure';
}
