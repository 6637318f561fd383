/**
 * Groups by the lengths they must have. `ends` are the places, from 0, of the items at which a
 * group may end; written by hand from docs/format.md, 5.4.
 */
export const treeShape = {
  about:
    "where pages end (docs/format.md, 5.4): `items` items, of which those at `ends` (from 0) give P = 0",
  cases: [
    { name: "nothing", items: 0, ends: [], groups: [] },
    { name: "one item", items: 1, ends: [0], groups: [1] },
    { name: "an end before the 16th does not count", items: 20, ends: [0, 14], groups: [20] },
    { name: "the 16th ends a group", items: 20, ends: [15], groups: [16, 4] },
    { name: "at the very end nothing is left over", items: 16, ends: [15], groups: [16] },
    {
      name: "counting begins anew in each group",
      items: 40,
      ends: [15, 16, 30, 31],
      groups: [16, 16, 8],
    },
    { name: "256 at most", items: 600, ends: [], groups: [256, 256, 88] },
    { name: "exactly 256", items: 256, ends: [], groups: [256] },
    { name: "the 256th that ends, ends once", items: 257, ends: [255], groups: [256, 1] },
  ],
} as const;
