import { LoadGenerator, loadGeneratorSettings } from '../../constructs/practice/load-generator';
import { feature } from '../feature';

export const loadGenerator = feature('load-generator', {
  group: 'practice',
  summary: 'load on what people reach, when somebody scales it up, to see the autoscaler at work',
  settings: loadGeneratorSettings,
  excludes: [{ what: 'prod', why: 'people would wait behind its requests' }],
  apply: (context, settings) => {
    const { namespace, publicPorts: targets } = context;
    new LoadGenerator(context.component('load-generator'), 'load-generator', { namespace, targets, ...settings });
  },
});
