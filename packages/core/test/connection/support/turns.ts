/** Lets everything that is under way in memory, promises and in-memory streams, have its turn. */
export async function turns(count = 6): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** Waits, turn by turn, until `holds`; for what the kernel does in its own time. The test's timeout is the limit. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turns(1);
}

/** Whether `promise` is still pending once everything under way had its turn. */
export async function isPending(promise: Promise<unknown>): Promise<boolean> {
  let pending = true;
  const settled = (): void => {
    pending = false;
  };
  promise.then(settled, settled);
  await turns();
  return pending;
}
