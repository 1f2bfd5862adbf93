/** Runs `work` on every item, at most `atOnce` at a time; the results are in the order of the items. */
export async function runInParallel<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = Array.from({ length: items.length });
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

/** The same, but heavy items run after the others and only two at a time. */
export async function runByWeight<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  isHeavy: (item: Item) => boolean,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const light = await runInParallel(
    items.filter((item) => !isHeavy(item)),
    atOnce,
    work,
  );
  const heavy = await runInParallel(items.filter(isHeavy), Math.min(2, atOnce), work);
  return [...light, ...heavy];
}
