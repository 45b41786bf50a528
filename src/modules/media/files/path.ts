/** Where a file lies below a folder or a prefix, the same in all stores: two levels deep so that no folder grows large. */
export const pathOf = (hash: string): string => `${hash.slice(0, 2)}/${hash.slice(2, 4)}/${hash.slice(4)}`;
