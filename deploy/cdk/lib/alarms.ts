// Who is told when the authorizer cannot answer? A topic, by the alarms of template.yaml.

import { Duration, type Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, MetricFilter, type LogGroup } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';

export interface AlarmProps {
  readonly topicArn: string;
  readonly logGroup: LogGroup;
  readonly authorizer: Function;
  readonly api: RestApi;
}

const EACH_MINUTE = { statistic: 'sum', period: Duration.minutes(1) };

/** The ARNs of the alarms that a bad permission document raises. */
export function addAlarms(stack: Stack, { topicArn, logGroup, authorizer, api }: AlarmProps): string[] {
  const action = new SnsAction(Topic.fromTopicArn(stack, 'AlarmTopic', topicArn));
  const counted = (metricName: string, member: string, value: string) =>
    new MetricFilter(stack, `${metricName}Filter`, {
      logGroup,
      filterPattern: FilterPattern.stringValue(member, '=', value),
      metricNamespace: stack.stackName,
      metricName,
    }).metric(EACH_MINUTE);
  // Not Lambda's Errors: a 401 is an error there too.
  const undecided = counted('Undecided', '$.level', 'ERROR');
  const cut = counted('CutPolicies', '$.cut', '*');
  // Only a genuine token makes such a line: nobody without one can raise the alarm.
  const stale = counted('StaleKeys', '$.keys', 'stale');

  const alarm = (
    id: string,
    alarmDescription: string,
    metric: cloudwatch.IMetric,
    evaluationPeriods = 1,
    datapointsToAlarm = 1,
    threshold = 1,
  ) => {
    const made = new cloudwatch.Alarm(stack, id, {
      alarmDescription,
      metric,
      evaluationPeriods,
      datapointsToAlarm,
      threshold,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    made.addAlarmAction(action);
    return made.alarmArn;
  };

  const byDocument = [
    alarm('UndecidedAlarm', 'A request could not be decided, or the function did not start. The log line has the reason.', undecided),
    alarm('CutPoliciesAlarm', 'A policy could not hold everything that its token may do, so other methods get 403 from the cache.', cut),
  ];
  alarm(
    'StaleKeysAlarm',
    'Keys were due and could not be fetched, in three minutes of five. They are trusted until JWKS_MAX_AGE_SECONDS.',
    stale,
    5,
    3,
  );
  alarm('ThrottlesAlarm', 'The authorizer was not run, for want of concurrency; the caller got 500.', authorizer.metricThrottles(EACH_MINUTE));
  const p99 = authorizer.metricDuration({ statistic: 'p99', period: Duration.minutes(1) });
  alarm('SlowDecisionsAlarm', 'One decision of a hundred takes a second or more, in three minutes of five.', p99, 5, 3, 1000);
  // Counts what no line of the function can tell: timeouts, a missing permission to call it.
  alarm('ServerErrorsAlarm', 'The API answered with a server error, in three minutes of five.', api.metricServerError(EACH_MINUTE), 5, 3);
  return byDocument;
}
