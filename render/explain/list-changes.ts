import { itemName } from './field';
import { isSame } from './same';

/** What another list has other than this one, an item a line: items are the same by name, or else by all that they hold. */
export function listChanges(here: readonly unknown[], other: readonly unknown[]): string[] {
  const twinOf = (item: unknown, list: readonly unknown[]) => {
    const name = itemName(item);
    return list.find((each) => (name === undefined ? isSame(each, item) : itemName(each) === name));
  };
  const lines = [
    ...here.flatMap((item) => {
      const twin = twinOf(item, other);
      if (twin === undefined) return [`- ${JSON.stringify(item)}`];
      return isSame(twin, item) ? [] : [`- ${JSON.stringify(item)}`, `+ ${JSON.stringify(twin)}`];
    }),
    ...other.flatMap((item) => (twinOf(item, here) === undefined ? [`+ ${JSON.stringify(item)}`] : [])),
  ];
  const same = here.filter((item) => isSame(twinOf(item, other), item)).length;
  if (lines.length === 0) return ['the same items in another order or number'];
  return same === 0 ? lines : [...lines, `(${same} more ${same === 1 ? 'is' : 'are'} the same)`];
}
