/**
 * Where a page of the file list ends (docs/format.md §5.4). The same items give the same groups, and
 * one item more or less moves only the nearest boundary, so a small change sends little.
 */
import { MAX_PAGE_ITEMS } from "./limits.ts";

const MIN_PAGE_ITEMS = 16;

/** A group ends behind an item, from its 16th on, that `endsGroup`, and always at 256. */
export function cutGroups<Item>(
  items: readonly Item[],
  endsGroup: (item: Item) => boolean,
): Item[][] {
  const groups: Item[][] = [];
  let group: Item[] = [];
  for (const item of items) {
    group.push(item);
    if (group.length < MIN_PAGE_ITEMS) continue;
    if (group.length < MAX_PAGE_ITEMS && !endsGroup(item)) continue;
    groups.push(group);
    group = [];
  }
  return group.length === 0 ? groups : [...groups, group];
}
