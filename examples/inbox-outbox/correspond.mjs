// The rest of the program. Nothing here knows of a network: it deals in queues only.

const letters = [
  'How are you?',
  'Is the great gate still shut at night?',
  'And who keeps the small one beside it?',
  'Farewell.',
];

/** @typedef {import('./queue.mjs').Queue<string | Buffer>} MessageQueue */

/**
 * Writes letters without waiting for answers, and reads the answers as they come.
 *
 * @param {{ inbox: MessageQueue, outbox: MessageQueue }} mailbox
 */
export async function correspond({ inbox, outbox }) {
  const writing = write(outbox);
  await readAnswers(inbox);
  await writing;
  outbox.end();
}

/** @param {MessageQueue} outbox */
async function write(outbox) {
  for (const letter of letters) {
    if (!(await outbox.put(letter))) return;
    console.log(`→ ${letter}`);
  }
}

/** @param {MessageQueue} inbox */
async function readAnswers(inbox) {
  for (let count = 0; count < letters.length; count += 1) {
    const answer = await inbox.take();
    if (answer === undefined) return console.log('The post has stopped.');
    console.log(`← ${String(answer)}`);
  }
}
