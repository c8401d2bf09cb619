import { Construct } from 'constructs';
import { AnalysisTemplate, AnalysisTemplateSpecMetricsCount } from '../../imports/argoproj.io';
import type { ArgoRollouts } from '../../model/cluster-facts';
import { StrataError } from '../../model/errors';
import type { Duration } from '../../model/quantity';
import { seconds } from '../../model/quantity';
import type { EndPort } from '../core/flow';
import { analysisNameOf, inSeconds } from '../core/rollout';
import { errorRatioOfRevision } from './requests';
import type { Watch } from './watch';

export interface ReleaseAnalysesProps {
  readonly watch: Watch;
  /** Where queries are answered. */
  readonly port: EndPort;
  /** How often Prometheus scrapes. */
  readonly interval: Duration;
  /** Whether its series say which pod they are from. */
  readonly discovers: boolean;
  readonly argoRollouts: ArgoRollouts;
}

/** As many scrapes a rate needs to be none of a lost one. */
const SCRAPES = 4;

/** The AnalysisTemplates by which Argo Rollouts asks Prometheus whether the next version of a service fails: one for each time. */
export class ReleaseAnalyses extends Construct {
  constructor(scope: Construct, id: string, { watch, port, interval, discovers, argoRollouts }: ReleaseAnalysesProps) {
    super(scope, id);
    const { of: service, judged } = watch;
    if (!judged) return;
    const place = `${service.app}, release`;
    const { failing, every, watches } = judged;
    const requests = service.metrics?.requests;
    if (!requests)
      throw new StrataError(place, 'has a judge, and no metric of the service says which requests fail', [
        "say it where it serves metrics: servesMetrics('http', { requests: … })",
        'leave judge out: a watch only waits then',
      ]);
    if (!discovers)
      throw new StrataError(
        place,
        'has a judge, and Prometheus finds its targets by DNS (form minimal), so no series says which pod it is from',
        ["let it ask the API server: prometheus.form: 'discovery'", 'leave judge out: a watch only waits then'],
      );
    if (seconds(every) < SCRAPES * seconds(interval))
      throw new StrataError(
        place,
        `measures every ${every}, and Prometheus scrapes every ${interval}: a rate needs ${SCRAPES} scrapes`,
        [`measure every ${SCRAPES * seconds(interval)}s or more rarely`, 'scrape more often: prometheus.interval'],
      );
    watch.isMeasured = true;
    const server = port.workload.serviceOf(port);
    port.clients.add(argoRollouts.pods);
    // 0.7 / 100 is 0.006999999999999999.
    const limit = Number((failing / 100).toPrecision(12));
    // Without requests there is no answer, and it is neither right nor wrong: the release waits for somebody.
    const given = 'len(result) > 0 && !isNaN(result[0])';
    for (const time of watches)
      new AnalysisTemplate(this, time, {
        metadata: {
          name: analysisNameOf(service.name, time),
          namespace: service.namespace.name,
          labels: { ...service.labels },
        },
        spec: {
          args: [{ name: 'version' }],
          metrics: [
            {
              name: 'failing-requests',
              // What is measured before is of a time in which the version got none of these requests.
              initialDelay: inSeconds(every),
              interval: inSeconds(every),
              count: AnalysisTemplateSpecMetricsCount.fromNumber(Math.floor(seconds(time) / seconds(every))),
              successCondition: `${given} && result[0] <= ${limit}`,
              failureCondition: `${given} && result[0] > ${limit}`,
              provider: {
                prometheus: {
                  address: `http://${server.host}:${server.portOf(port)}`,
                  query: errorRatioOfRevision(service, requests, '{{args.version}}', every),
                },
              },
            },
          ],
        },
      });
  }
}
