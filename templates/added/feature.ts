import { feature } from 'strata';

export const newOne = feature('new-one', {
  group: 'app',
  summary: 'say in one line what a target gains',
  apply: (platform) => {
    // Building blocks of its own go into a component, which becomes one file of the rendered tree. To change workloads that are
    // there already use `applyTo`, to connect to all of them `connect`.
    platform.component('new-one');
  },
});
