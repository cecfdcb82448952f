import { isObject, type Json } from '../engine/json';
import { jsonService } from '../gateway/json-service';
import { AwsError, type ServiceHandler } from '../gateway/service';
import type { RuleBus } from './bus';

/** Quotas of PutEvents. Source: EventBridge User Guide, Quotas; entries of up to 1 MiB since 2026. */
const MOST_ENTRIES = 10;
const LARGEST_REQUEST = 1024 * 1024;

/** PutEvents for handlers that emit events of their own. */
export function eventsApi(bus: RuleBus): ServiceHandler {
  return jsonService({
    services: ['events'],
    targetPrefix: 'AWSEvents',
    operations: {
      PutEvents: ({ Entries }) => {
        const results = readEntries(Entries).map((entry) => putEvent(bus, entry));
        return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
      },
    },
  });
}

/** @throws AwsError for a request that EventBridge refuses as a whole */
function readEntries(entries: unknown): readonly Json[] {
  if (!Array.isArray(entries) || entries.length === 0 || entries.length > MOST_ENTRIES || !entries.every(isObject)) {
    const found = Array.isArray(entries) ? `${entries.length}` : typeof entries;
    throw new AwsError(
      'ValidationException',
      `Entries must be a list of 1 to ${MOST_ENTRIES} objects; found ${found}.`,
    );
  }
  const size = entries.reduce((sum, entry) => sum + entrySize(entry), 0);
  if (size <= LARGEST_REQUEST) return entries;
  throw new AwsError(
    'ValidationException',
    `Total size of the entries in the request is over the limit: ${size} bytes, ${LARGEST_REQUEST} are allowed.`,
  );
}

/** Bytes as EventBridge counts them. Source: EventBridge User Guide, Calculating PutEvents event entry size. */
function entrySize({ Time, Source, DetailType, Detail, Resources }: Json): number {
  const texts = [Source, DetailType, Detail, ...(Array.isArray(Resources) ? Resources : [])];
  const bytes = texts.reduce<number>((sum, text) => sum + (typeof text === 'string' ? Buffer.byteLength(text) : 0), 0);
  return bytes + (Time === undefined ? 0 : 14);
}

function putEvent(bus: RuleBus, entry: Json): object {
  for (const name of ['Source', 'DetailType', 'Detail']) {
    const value = entry[name];
    if (typeof value !== 'string' || value === '')
      return failed('InvalidArgument', `Parameter ${name} is not valid. Reason: ${name} is a required argument.`);
  }
  const { Source, DetailType, Detail, Resources, Time, EventBusName = 'default' } = entry;
  if (String(Source).startsWith('aws.'))
    return failed('NotAuthorizedForSourceException', 'Not authorized for the source.');
  if (EventBusName !== 'default' && !String(EventBusName).endsWith(':event-bus/default'))
    return failed(
      'ResourceNotFoundException',
      `Event bus ${String(EventBusName)} does not exist; one machine has the default bus.`,
    );
  const detail = parse(String(Detail));
  if (detail === undefined) return failed('MalformedDetail', 'Detail is malformed.');
  const time = Time === undefined ? undefined : new Date(typeof Time === 'number' ? Time * 1000 : String(Time));
  if (time !== undefined && Number.isNaN(time.getTime()))
    return failed('InvalidArgument', `Parameter Time is not valid. Reason: ${String(Time)} is no time.`);
  const resources = Array.isArray(Resources) ? Resources.map(String) : [];
  const event = { source: String(Source), 'detail-type': String(DetailType), detail, resources };
  return { EventId: bus.publish({ ...event, ...(time !== undefined && { time }) }) };
}

const failed = (ErrorCode: string, ErrorMessage: string): object => ({ ErrorCode, ErrorMessage });

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
