import type { ClockDate } from './clock';
import type { TimeWindow } from './day-summary';
import { isOfClock, type ScaledService } from './scaled-day';

/** The hours of a day in which the clock asks for a number of pods. */
export interface ClockHours extends ClockDate {
  readonly windows: readonly (TimeWindow & { readonly pods: number })[];
}

/** Undefined where nothing goes by the clock. Outside of the windows it is what the autoscaler itself says. */
export function clockHours({ spec, sources, floors, date }: ScaledService): ClockHours | undefined {
  if (!date) return undefined;
  const clocks = sources.filter(isOfClock);
  const asked = (minute: number) => floors?.[minute] ?? Math.max(0, ...clocks.map(({ pods }) => pods[minute]!));
  const usual = floors ? spec.min : 0;
  const windows: { from: number; to: number; pods: number }[] = [];
  for (let minute = 0; minute < 24 * 60; minute++) {
    const pods = asked(minute);
    const last = windows.at(-1);
    if (last && last.to === minute * 60 && last.pods === pods) last.to += 60;
    else if (pods !== usual) windows.push({ from: minute * 60, to: (minute + 1) * 60, pods });
  }
  return { ...date, windows };
}
