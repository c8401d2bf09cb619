import { Autoscaler } from '../../constructs/scaling/autoscaler';
import { whole } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { settingsOf } from '../../model/settings';
import { feature, forWorkloads } from '../feature';

const settings = settingsOf('autoscaling', {
  /** The workloads that are scaled: `public`, those that people reach, or a list of names. */
  workloads: forWorkloads(),
  /** Fewest pods. */
  min: whole(2, { min: 1 }),
  /** Most pods. */
  max: whole(6, { min: 1 }),
  /** Mean CPU use, in percent of the request, that it steers for. */
  cpuPercent: whole(70, { min: 1 }),
});

declare module '../../model/settings' {
  interface Settings {
    readonly autoscaling?: ValuesOf<typeof settings>;
  }
}

export const autoscaling = feature('autoscaling', {
  group: 'scaling',
  summary: 'workloads get as many pods as their CPU use asks for',
  settings,
  needs: ['resource-metrics'],
  applyTo: (workload, { min, max, cpuPercent }) => {
    new Autoscaler(workload, 'autoscaler', { workload, min, max, cpuPercent });
  },
});
