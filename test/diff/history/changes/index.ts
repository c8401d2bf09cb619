import type { HistoryChange } from '../edits';
import { disrupting } from './disrupting';
import { fleetWide } from './fleet-wide';
import { harmless } from './harmless';
import { lasting } from './lasting';
import { opening } from './opening';
import { rolling } from './rolling';

export const CHANGES: readonly HistoryChange[] = [
  ...harmless,
  ...rolling,
  ...opening,
  ...disrupting,
  ...lasting,
  ...fleetWide,
];
