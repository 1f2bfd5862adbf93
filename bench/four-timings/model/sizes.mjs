/** Bytes of the messages of the sweep: i³ x 1020 for i = 1 to 12, from 1,020 bytes to 1.76 MB. */
export const SWEEP = Array.from({ length: 12 }, (_, index) => (index + 1) ** 3 * 1020);

/** Bytes of the messages that are shown one by one. */
export const SINGLE_SIZE = 130_560;

/** More than the largest message of the sweep. */
export const MAX_MESSAGE_SIZE = 2 * 1024 * 1024;
