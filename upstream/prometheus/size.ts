const UNIT: Readonly<Record<string, number>> = {
  B: 1,
  KB: 2 ** 10,
  MB: 2 ** 20,
  GB: 2 ** 30,
  TB: 2 ** 40,
  PB: 2 ** 50,
  EB: 2 ** 60,
};

/** Bytes of `512MB` or `10GiB`, which Prometheus both counts in powers of two; 0 is no bound, and undefined is no size. */
export function prometheusSize(value: string): number | undefined {
  const form = /^(\d+(?:\.\d+)?)\s*([KMGTPE]?)(i?B)?$/.exec(value);
  if (!form) return undefined;
  return Number(form[1]) * (UNIT[`${form[2]}B`] ?? 1) || Number.POSITIVE_INFINITY;
}
