// Reading RFC 3339 times quickly: one pass over the characters, with the minute of the last text remembered.

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/** Closer to the next second than this, adding to today's seconds would round up in a float. */
const LONGEST_FRACTION = 0.999999;

/**
 * A reader of RFC 3339 times (section 5.6): seconds since the epoch, with fraction; undefined for any other text.
 * A leap second counts as the first second of the next minute. Each reader remembers one minute, because the events
 * of a batch share it.
 */
export function createRfc3339Reader(): (text: string) => number | undefined {
  let minuteText = '';
  let minute = 0;
  return (text) => {
    if (text.length < 20 || text.length > 40 || text.charCodeAt(16) !== COLON) return undefined;
    if (!text.startsWith(minuteText) || minuteText === '') {
      const read = readMinute(text);
      if (read === undefined) return undefined;
      minuteText = text.slice(0, 16);
      minute = read;
    }
    const second = digits(text, 17, 2);
    if (second < 0 || second > 60) return undefined;
    let at = 19;
    let fraction = 0;
    if (text.charCodeAt(at) === DOT) {
      let scale = 0.1;
      const first = ++at;
      for (let digit = digits(text, at, 1); digit >= 0; digit = digits(text, ++at, 1)) {
        fraction += digit * scale;
        scale /= 10;
      }
      if (at === first) return undefined;
    }
    const offset = readOffset(text, at);
    return offset === undefined
      ? undefined
      : minute + second + Math.min(fraction, LONGEST_FRACTION) - offset;
  };
}

const DASH = 45;
const PLUS = 43;
const COLON = 58;
const DOT = 46;

/** The first 16 characters, `2026-11-22T13:05`, as seconds since the epoch. */
function readMinute(text: string): number | undefined {
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const dated =
    text.charCodeAt(4) === DASH && text.charCodeAt(7) === DASH && 'Tt '.includes(text.charAt(10));
  if (!dated || text.charCodeAt(13) !== COLON || year < 0) return undefined;
  if (month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59)
    return undefined;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const lastDay = leap && month === 2 ? 29 : (MONTH_DAYS[month - 1] ?? 0);
  if (day > lastDay) return undefined;
  const days = daysBeforeYear(year) + (DAYS_BEFORE_MONTH[month - 1] ?? 0) + day - 1;
  return (days + (leap && month > 2 ? 1 : 0)) * 86_400 + hour * 3600 + minute * 60;
}

/** Days from 1970-01-01 to January 1 of the year. */
function daysBeforeYear(year: number): number {
  const before = year - 1;
  return (
    before * 365 +
    Math.floor(before / 4) -
    Math.floor(before / 100) +
    Math.floor(before / 400) -
    719_162
  );
}

/** `Z` or `+hh:mm` up to the end, in seconds east of UTC. */
function readOffset(text: string, at: number): number | undefined {
  const sign = text.charCodeAt(at);
  if (sign === 90 || sign === 122) return text.length === at + 1 ? 0 : undefined;
  if (sign !== PLUS && sign !== DASH) return undefined;
  const hours = digits(text, at + 1, 2);
  const minutes = digits(text, at + 4, 2);
  const whole = text.length === at + 6 && text.charCodeAt(at + 3) === COLON;
  if (!whole || hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return undefined;
  const seconds = hours * 3600 + minutes * 60;
  return sign === DASH ? -seconds : seconds;
}

/** The number that `count` digits spell; -1 when one of them is not a digit. */
function digits(text: string, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}
