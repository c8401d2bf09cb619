import type { Json } from '../../manifests/resource';
import { random } from './mutate';

/** Objects of Istio that their definitions admit: some are right, most have one of the other values in a few places. */
export function istioCases(count: number, seed: number): Json[] {
  const next = random(seed);
  const any = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
  // The first of the values is right. In most objects one place has another one, whichever it is; in some several have.
  let [care, place, odd] = [1, 0, 0];
  const pick = <T>(values: readonly T[]): T => {
    if (place++ === odd && values.length > 1) return any(values.slice(1));
    return next() < care ? values[0]! : any(values);
  };
  const chance = (share: number) => next() < share;
  const some = (share: number, fields: () => Json): Json => (chance(share) ? fields() : {});
  const several = <T>(most: number, make: () => T): T[] => Array.from({ length: Math.ceil(next() * most) }, make);

  const duration = () => pick(['1s', '1.5s', '10ms', '0s', '1ms', '1h', '0.5ms', '1.0001s', '-1s', '2m']);
  const label = () => pick(['v1', 'v2', 'V1', 'a.b', 'a_b', '-a', 'a-', 'x'.repeat(63), 'x'.repeat(64), 'ü']);
  const host = () =>
    pick([
      'web.shop.svc.cluster.local',
      ...['web', 'example.com', '*.example.com', '*', '*-a.example.com', '*a.example.com', 'a.*.com', 'a b', ''],
      ...[
        'example.com.',
        'example.1',
        '10.0.0.1',
        '::1',
        'A.example.com',
        'a_b.example.com',
        'a..b',
        '.a',
        'foo-*.com',
      ],
      ...[`${'a'.repeat(64)}.com`, `${'a.'.repeat(128)}com`, 'x.12a', 'x.-1'],
    ]);
  const port = () => pick([80, 0, 443, 65535, 65536]);
  const regex = () => pick(['a.*', '', '(', '[a', 'a{1001}', '(?=a)', 'x'.repeat(1024), 'x'.repeat(1025), '\\d+', '*']);
  const match = () =>
    any([
      () => ({ exact: pick(['a', '']) }),
      () => ({ prefix: pick(['/a', '', '/']) }),
      () => ({ regex: regex() }),
      () => ({}),
    ])();
  const labels = () => ({
    [pick(['app', 'a.b/c', 'A_b', '', 'a b', '-a', 'a/b/c', `${'a'.repeat(64)}`, 'example.com/'])]: pick([
      'web',
      '',
      'a b',
      '-a',
      'x.y_z',
    ]),
  });
  const gateways = () =>
    any([
      () => ['istio-ingress/public'],
      () => [
        pick([
          'istio-ingress/public',
          'public',
          'mesh',
          'a/b/c',
          '/b',
          'a/',
          'a.b/c',
          'a/b.c',
          'public.shop.svc',
          '',
          'A b',
        ]),
      ],
      () => ['mesh', pick(['a/b', 'a b/c'])],
      () => ['a/b', 'mesh', pick(['c', '/d'])],
    ])();
  const destination = () => ({
    host: host(),
    ...some(0.3, () => ({ subset: label() })),
    ...some(0.5, () => ({ port: pick<Json>([{ number: port() }, {}]) })),
  });
  const routes = () =>
    several(3, () => ({
      ...some(0.98, () => ({ destination: destination() })),
      ...some(0.8, () => ({ weight: pick([50, 0, 100, -1, 1]) })),
    }));
  const httpMatch = (): Json => ({
    ...some(0.7, () => ({ uri: match() })),
    ...some(0.3, () => ({
      headers: {
        [pick([
          'x-group',
          ':authority',
          ':other',
          'a b',
          '',
          'a:b',
          '@request.auth.claims.sub',
          '@request.auth.claims[a]',
          '@request.auth.claims.',
          '@Request.Auth.claims.a',
        ])]: match(),
      },
    })),
    ...some(0.15, () => ({
      withoutHeaders: {
        [pick(['x-a', 'a b', '@request.auth.claims[a][b]'])]: pick<Json>([{ regex: '*' }, match(), {}]),
      },
    })),
    ...some(0.2, () => ({ method: match() })),
    ...some(0.1, () => ({ authority: match() })),
    ...some(0.1, () => ({ scheme: match() })),
    ...some(0.15, () => ({ queryParams: { a: match() } })),
    ...some(0.1, () => ({ port: port() })),
    ...some(0.1, () => ({ sourceLabels: labels() })),
    ...some(0.1, () => ({ gateways: gateways() })),
    ...some(0.1, () => ({ sourceNamespace: label() })),
  });
  const percentage = () => ({ value: pick([25, 0, 100, 0.5, 100.1, -1]) });
  const instead: (() => Json)[] = [
    () => ({
      redirect: {
        ...some(0.6, () => ({ uri: pick(['/a', '']) })),
        ...some(0.25, () => ({ prefixRewrite: '/b' })),
        ...some(0.3, () => ({ authority: 'a.example.com' })),
        ...some(0.3, () => ({ redirectCode: pick([301, 302, 299, 400, 0, 308]) })),
        ...some(0.2, () => ({ scheme: pick(['https', 'http', 'ftp']) })),
        ...some(0.2, () => any<Json>([{ port: pick([443, 0, 65536]) }, { derivePort: 'FROM_REQUEST_PORT' }])),
      },
    }),
    () => ({ directResponse: { status: pick([200, 503, 600, 199, 601, 0]) } }),
    () => ({ delegate: { name: 'other' } }),
    () => ({}),
  ];
  const http = (): Json => ({
    ...some(0.7, () => ({ match: several(2, httpMatch) })),
    ...(chance(0.85) ? { route: routes() } : any(instead)()),
    ...(chance(0.04) ? any(instead)() : {}),
    ...some(0.15, () => ({ mirror: destination() })),
    ...some(0.15, () => ({
      mirrors: several(2, () => ({
        ...some(0.97, () => ({ destination: destination() })),
        ...some(0.6, () => ({ percentage: percentage() })),
      })),
    })),
    ...some(0.1, () => ({ mirrorPercentage: percentage() })),
    ...some(0.05, () => ({ mirrorPercent: pick([10, 100, 101]) })),
    ...some(0.1, () => ({ timeout: duration() })),
    ...some(0.15, () => ({
      retries: {
        attempts: pick([3, 0, -1]),
        ...some(0.5, () => ({ perTryTimeout: duration() })),
        ...some(0.2, () => ({ backoff: duration() })),
        ...some(0.5, () => ({
          retryOn: pick([
            '5xx,reset',
            '',
            '503',
            '5xx, reset',
            '5xx,',
            '999',
            'never',
            '418',
            '509',
            '+503',
            'cancelled',
            '421',
            '103',
            '510',
          ]),
        })),
      },
    })),
    ...some(0.15, () => ({
      rewrite: {
        ...some(0.6, () => ({ uri: pick(['/b', '']) })),
        ...some(0.2, () => ({ authority: 'b' })),
        ...some(0.3, () => ({
          uriRegexRewrite: {
            ...some(0.9, () => ({ match: regex() })),
            ...some(0.9, () => ({ rewrite: pick(['a', '']) })),
          },
        })),
      },
    })),
  });
  const subnets = () => [
    pick([
      '10.0.0.0/8',
      '10.0.0.1',
      '10.0.0.1/33',
      'a',
      '::/0',
      '10.0.0.0/08',
      '::1',
      '1.2.3',
      '10.0.0.1/8/9',
      '::/129',
      'fe80::1%eth0',
      'fe80::1%eth0/64',
    ]),
  ];
  const exportTo = () =>
    some(0.15, () => ({
      exportTo: pick([['.'], ['*'], ['.', 'shop'], ['a', 'a'], ['*', 'a'], ['~'], ['a b'], ['a', 'b']]),
    }));
  const virtualService = (): Json => {
    const hosts = pick([
      ['shop.example.com'],
      [host()],
      [host(), host()],
      ['*.com', '*.example.com'],
      ['a.com', 'b.com'],
      [],
      ['*'],
    ]);
    const tls = chance(0.12);
    return {
      ...(hosts.length > 0 ? { hosts } : {}),
      ...some(0.6, () => ({ gateways: gateways() })),
      ...some(tls ? 0.4 : 0.95, () => ({ http: several(2, http) })),
      ...(tls
        ? {
            tls: several(2, () => ({
              ...some(0.95, () => ({
                match: several(2, () => ({
                  ...some(0.95, () => ({
                    sniHosts: [
                      pick([
                        'shop.example.com',
                        'example.com',
                        host(),
                        '10.0.0.1',
                        'outbound_.80_._.web.shop',
                        'outbound_',
                        'outbound_a_b_1',
                        '*.example.com',
                      ]),
                    ],
                  })),
                  ...some(0.2, () => ({ destinationSubnets: subnets() })),
                  ...some(0.2, () => ({ port: port() })),
                  ...some(0.1, () => ({ gateways: gateways() })),
                })),
              })),
              ...some(0.95, () => ({ route: routes() })),
            })),
          }
        : {}),
      ...some(0.08, () => ({
        tcp: several(2, () => ({
          ...some(0.5, () => ({
            match: [
              {
                ...some(0.5, () => ({ port: port() })),
                ...some(0.5, () => ({ destinationSubnets: subnets() })),
                ...some(0.2, () => ({ sourceLabels: labels() })),
              },
            ],
          })),
          ...some(0.95, () => ({ route: routes() })),
        })),
      })),
      ...exportTo(),
    };
  };

  const portSettings = (): Json => ({
    ...some(0.3, () => ({
      outlierDetection: {
        ...some(0.4, () => ({ interval: duration() })),
        ...some(0.4, () => ({ baseEjectionTime: duration() })),
        ...some(0.4, () => ({ maxEjectionPercent: pick([50, 0, 100, 101, -1]) })),
        ...some(0.2, () => ({ minHealthPercent: pick([50, 101, -1]) })),
        ...some(0.2, () => ({ consecutiveLocalOriginFailures: pick([0, 5]) })),
        ...some(0.2, () => ({ splitExternalLocalOriginErrors: any([true, false]) })),
        ...some(0.2, () => ({ consecutive5xxErrors: 5 })),
      },
    })),
    ...some(0.3, () => ({
      connectionPool: {
        ...some(0.6, () => ({
          http: {
            ...some(0.4, () => ({ http1MaxPendingRequests: pick([1, 0, -1]) })),
            ...some(0.4, () => ({ maxRetries: pick([1, 0, -1]) })),
            ...some(0.3, () => ({ idleTimeout: duration() })),
            ...some(0.2, () => ({ h2UpgradePolicy: any(['UPGRADE', 'DO_NOT_UPGRADE']) })),
            ...some(0.2, () => ({ useClientProtocol: any([true, false]) })),
          },
        })),
        ...some(0.5, () => ({
          tcp: {
            ...some(0.4, () => ({ maxConnections: pick([1, 0, -1]) })),
            ...some(0.4, () => ({ connectTimeout: duration() })),
            ...some(0.3, () => ({ idleTimeout: duration() })),
            ...some(0.2, () => ({ tcpKeepalive: { time: duration(), interval: duration() } })),
          },
        })),
      },
    })),
    ...some(0.3, () => ({
      loadBalancer: any<() => Json>([
        () => ({ simple: 'ROUND_ROBIN' }),
        () => ({ consistentHash: { httpHeaderName: 'x' } }),
        () => ({ consistentHash: { httpCookie: { ...some(0.85, () => ({ name: pick(['a', '']) })), ttl: '0s' } } }),
        () => ({
          consistentHash: {
            useSourceIp: true,
            ...any<Json>([
              { maglev: { tableSize: pick([65537, 0, 4, 9, 5000011, 2, 1, 5000009]) } },
              { ringHash: {} },
              {},
            ]),
          },
        }),
        () => ({
          simple: 'LEAST_REQUEST',
          warmup: {
            ...some(0.8, () => ({ duration: duration() })),
            ...some(0.5, () => ({ minimumPercent: pick([10, 101]) })),
            ...some(0.5, () => ({ aggression: pick([1, 0, -1]) })),
          },
        }),
        () => ({}),
      ])(),
    })),
    ...some(0.3, () => ({
      tls: {
        mode: any(['ISTIO_MUTUAL', 'DISABLE', 'SIMPLE', 'MUTUAL']),
        ...some(0.2, () => ({ clientCertificate: 'a' })),
        ...some(0.2, () => ({ privateKey: 'a' })),
        ...some(0.2, () => ({ caCertificates: 'a' })),
        ...some(0.2, () => ({ credentialName: 'a' })),
        ...some(0.1, () => ({ caCrl: 'a' })),
        ...some(0.2, () => ({ insecureSkipVerify: any([true, false]) })),
        ...some(0.2, () => ({ subjectAltNames: ['a'] })),
      },
    })),
  });
  const policy = (): Json => ({
    ...portSettings(),
    ...some(0.15, () => ({
      portLevelSettings: several(2, () => ({ ...some(0.9, () => ({ port: { number: 80 } })), ...portSettings() })),
    })),
  });
  const selector = () => ({ matchLabels: { [pick(['app', 'a*', ''])]: pick(['web', '*', 'a*']) } });
  const destinationRule = (): Json => ({
    host: host(),
    ...some(0.4, () => ({ trafficPolicy: policy() })),
    ...some(0.8, () => ({
      subsets: several(3, () => ({
        name: any([label(), `v${Math.floor(next() * 20)}`, `w${Math.floor(next() * 20)}`]),
        ...some(0.9, () => ({ labels: labels() })),
        ...some(0.15, () => ({ trafficPolicy: policy() })),
      })),
    })),
    ...some(0.1, () => ({ workloadSelector: selector() })),
    ...exportTo(),
  });

  const serverTls = (): Json => ({
    ...some(0.9, () => ({
      mode: pick(['SIMPLE', 'MUTUAL', 'OPTIONAL_MUTUAL', 'PASSTHROUGH', 'AUTO_PASSTHROUGH', 'ISTIO_MUTUAL']),
    })),
    ...some(0.6, () => ({ credentialName: 'shop-tls' })),
    ...some(0.08, () => ({ credentialNames: ['a', 'b'] })),
    ...some(0.15, () => ({ serverCertificate: 'a', ...some(0.8, () => ({ privateKey: 'b' })) })),
    ...some(0.1, () => ({ caCertificates: 'c' })),
    ...some(0.08, () => ({ caCrl: 'd' })),
    ...some(0.08, () => ({
      tlsCertificates: several(2, () => ({
        ...some(0.9, () => ({ serverCertificate: 'a' })),
        ...some(0.9, () => ({ privateKey: 'b' })),
      })),
    })),
    ...some(0.05, () => ({ httpsRedirect: true })),
  });
  const gateway = (): Json => ({
    selector: { istio: 'ingress' },
    ...some(0.97, () => ({
      servers: several(3, () => {
        const protocol = pick([
          'HTTPS',
          'HTTP',
          'http2',
          'TLS',
          'TCP',
          'MONGO',
          'grpc-web',
          'HTTP3',
          '',
          'hbone',
          'udp',
        ]);
        return {
          ...some(0.98, () => ({
            port: {
              number: port(),
              ...some(0.97, () => ({ name: any(['https', 'a', 'b', 'c', 'd', 'e', 'f', 'g', pick(['x', ''])]) })),
              protocol: chance(0.7) ? protocol : 'HTTP',
              ...some(0.03, () => ({ targetPort: 8080 })),
            },
          })),
          ...some(0.97, () => ({
            hosts: several(2, () =>
              pick([
                'shop.example.com',
                '*',
                'web',
                '*/*.example.com',
                './*',
                'a/b.com',
                '~/*',
                'a b/c.com',
                'a/',
                '/a.b',
                '*.example.com',
                '*a.example.com',
                '10.0.0.1',
                '::1',
                'a/b/c.d',
                host(),
              ]),
            ),
          })),
          ...some(0.08, () => ({
            bind: pick(['10.0.0.1', 'a', 'unix:///tmp/a', 'unix://@a', 'unix://a', 'unix://', 'unix:///a/', '::1']),
          })),
          ...some(/https|tls/i.test(protocol) ? 0.9 : 0.3, () => ({ tls: serverTls() })),
        };
      }),
    })),
  });

  const values = (good: string, ...odd: string[]) => several(2, () => pick([good, '', ...odd]));
  const addresses = () =>
    values('10.0.0.0/8', '10.0.0.1', '10.0.0.1/33', 'a', '::/0', '::1/64', '10.0.0.0/08', '10.0.0.0/8/9', 'fe80::1%a');
  const accounts = () =>
    chance(0.03)
      ? Array.from({ length: 17 }, () => 'a')
      : values('shop/web', 'web', 'a/b/c', '/a', 'a/', 'a*', 'x'.repeat(321));
  const paths = () =>
    values(
      '/a',
      '/a/{*}',
      '/a/{**}',
      '/{**}/b',
      '/{**}/{*}',
      '/a{*}',
      '/{a}',
      '/a b/{*}',
      '/a//{*}',
      '*',
      '/a*',
      '{**}',
    );
  const either = (share: number, name: string, make: () => unknown): Json =>
    some(share, () => ({ [chance(0.8) ? name : `not${name[0]!.toUpperCase()}${name.slice(1)}`]: make() }));
  const source = (): Json => ({
    ...either(0.4, 'principals', () => values('cluster.local/ns/shop/sa/web', '*')),
    ...either(0.15, 'namespaces', () => values('shop', '*')),
    ...either(0.15, 'requestPrincipals', () => values('*', 'a/b')),
    ...either(0.15, 'ipBlocks', addresses),
    ...either(0.1, 'remoteIpBlocks', addresses),
    ...either(0.12, 'serviceAccounts', accounts),
    ...either(0.08, 'trustDomains', () => values('cluster.local', '*', 'a*', '*a', 'a*b', '**', 'a/b')),
  });
  const operation = (): Json => ({
    ...either(0.4, 'methods', () => values('GET')),
    ...either(0.4, 'paths', paths),
    ...either(0.2, 'ports', () => values('80', '0', '65535', '65536', 'a', '-1', '080', '+80')),
    ...either(0.2, 'hosts', () => values('shop.example.com', '*')),
  });
  const when = (): Json => {
    const key = pick([
      'request.headers[x]',
      ...[
        'request.headers',
        'request.headers[]',
        'request.auth.claims[a]',
        'request.auth.claims',
        'source.ip',
        'remote.ip',
      ],
      ...[
        'source.namespace',
        'source.principal',
        'source.serviceAccount',
        'source.trustDomain',
        'request.auth.principal',
      ],
      ...['request.auth.audiences', 'destination.ip', 'destination.port', 'connection.sni', 'destination.labels[a]'],
      ...['destination.name', 'destination.user', 'destination.namespace', 'experimental.envoy.filters.a[b]', 'a', ''],
    ]);
    return {
      key,
      ...some(0.9, () => ({ values: values('10.0.0.1', '80', 'a', 'a*b', 'shop/web') })),
      ...some(0.15, () => ({ notValues: values('10.0.0.1', 'a') })),
    };
  };
  const targetRef = () => ({
    ...pick<Json>([
      { group: 'gateway.networking.k8s.io', kind: 'Gateway' },
      { kind: 'Service' },
      { group: 'core', kind: 'Service' },
      { group: 'networking.istio.io', kind: 'ServiceEntry' },
      { kind: 'Gateway' },
      { group: 'apps', kind: 'Deployment' },
      { group: 'gateway.networking.k8s.io', kind: 'GatewayClass' },
      { group: 'networking.istio.io', kind: 'Gateway' },
    ]),
    name: pick(['public', '']),
    ...some(0.03, () => ({ namespace: 'other' })),
  });
  const authorizationPolicy = (): Json => {
    const action = any([undefined, undefined, 'ALLOW', 'ALLOW', 'DENY', 'AUDIT', 'CUSTOM']);
    return {
      ...some(0.5, () => ({ selector: selector() })),
      ...some(0.1, () => ({ targetRefs: several(2, targetRef) })),
      ...some(0.03, () => ({ targetRef: targetRef() })),
      ...(action ? { action } : {}),
      ...some(action === 'CUSTOM' ? 0.9 : 0.03, () => ({ provider: { name: pick(['ext', '']) } })),
      ...some(0.93, () => ({
        rules: several(2, () => ({
          ...some(0.6, () => ({ from: several(2, () => ({ ...some(0.98, () => ({ source: source() })) })) })),
          ...some(0.5, () => ({ to: several(2, () => ({ ...some(0.98, () => ({ operation: operation() })) })) })),
          ...some(0.3, () => ({ when: several(2, when) })),
        })),
      })),
    };
  };
  const peerAuthentication = (): Json => ({
    ...some(0.6, () => ({ selector: pick<Json>([selector(), { matchLabels: {} }, {}]) })),
    mtls: { mode: any(['STRICT', 'PERMISSIVE', 'DISABLE']) },
    ...some(0.4, () => ({
      portLevelMtls: pick<Json>([{ '8080': { mode: 'DISABLE' } }, { '0': {} }, { '65536': {} }, {}]),
    })),
  });

  const kinds: readonly (readonly [string, string, () => Json, number])[] = [
    ['networking.istio.io', 'VirtualService', virtualService, 4],
    ['networking.istio.io', 'DestinationRule', destinationRule, 2],
    ['networking.istio.io', 'Gateway', gateway, 2],
    ['security.istio.io', 'AuthorizationPolicy', authorizationPolicy, 2],
    ['security.istio.io', 'PeerAuthentication', peerAuthentication, 1],
  ];
  const lots = kinds.flatMap((kind) => Array.from({ length: kind[3] }, () => kind));
  return Array.from({ length: count }, (_, i) => {
    care = any([1, 1, 0.97, 0.85]);
    [place, odd] = [0, Math.floor(next() * 30)];
    const [group, kind, make] = any(lots);
    const name = kind === 'Gateway' ? pick([`g-${i}`, `g.${i}`]) : `c-${i}`;
    return { apiVersion: `${group}/v1`, kind, metadata: { name, namespace: 'shop' }, spec: make() };
  });
}
