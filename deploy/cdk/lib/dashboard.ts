// What do decisions look like over time? The dashboard of template.yaml; a test compares the queries.

import { Duration, type Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';

const { TABLE, BAR, LINE } = cloudwatch.LogQueryVisualizationType;

/** Titles, views and queries. */
export const QUERIES: readonly (readonly [string, cloudwatch.LogQueryVisualizationType, string])[] = [
  [
    'Decisions by outcome and reason',
    TABLE,
    'filter message = "decision" | stats count(*) as decisions by outcome, reason | sort decisions desc',
  ],
  ['Refusals by reason', BAR, 'filter message = "decision" and outcome != "allow" | stats count(*) as refusals by bin(5m), reason'],
  [
    'What tokens lacked',
    TABLE,
    'filter message = "decision" and ispresent(lacks.0) | stats count(*) as refusals by reason, lacks.0, route | sort refusals desc',
  ],
  ['Cut policies', TABLE, 'filter message = "decision" and ispresent(cut) | stats count(*) as policies by route, client_id'],
  [
    'Duration in microseconds',
    LINE,
    'filter message = "decision" | stats pct(duration_us, 50) as p50, pct(duration_us, 99) as p99 by bin(5m)',
  ],
  [
    'Keys and document versions',
    TABLE,
    'filter message = "decision" and ispresent(document) | stats count(*) as decisions by keys, document',
  ],
];

export function addDashboard(stack: Stack, logGroup: LogGroup, authorizer: Function): void {
  const logGroupNames = [logGroup.logGroupName];
  const widgets = QUERIES.map(
    ([title, view, query]) => new cloudwatch.LogQueryWidget({ title, view, logGroupNames, queryString: query, width: 12, height: 6 }),
  );
  const period = { period: Duration.minutes(1) };
  const metrics = new cloudwatch.GraphWidget({
    title: 'Invocations, throttles and duration',
    left: [authorizer.metricInvocations(period), authorizer.metricThrottles(period)],
    right: [authorizer.metricDuration({ ...period, statistic: 'p99' })],
    width: 24,
    height: 6,
  });
  new cloudwatch.Dashboard(stack, 'Dashboard', { dashboardName: `${stack.stackName}-authorizer` }).addWidgets(...widgets, metrics);
}
