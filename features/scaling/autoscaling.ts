import { Autoscaler } from '../../constructs/scaling/autoscaler';
import { feature } from '../feature';

export const autoscaling = feature('autoscaling', {
  group: 'scaling',
  summary: 'the web app gets as many pods as its CPU use asks for',
  defaults: {
    /** Fewest pods. */
    min: 2,
    /** Most pods. */
    max: 6,
    /** Mean CPU use, in percent of the request, that it steers for. */
    cpuPercent: 70,
  },
  needs: ['resource-metrics'],
  apply: ({ web }, options) => {
    new Autoscaler(web, 'autoscaler', { workload: web.workload, ...options });
  },
});
