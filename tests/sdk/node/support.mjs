// What the SDK tests share: where the gateway and the fake provider are, and the values that must not leave.

const { env } = process;
export const GATEWAY = env.BAUTA_TEST_GATEWAY;
export const FAKE = env.BAUTA_TEST_FAKE;
export const LETTER = env.BAUTA_TEST_LETTER;
export const EMAIL = env.BAUTA_TEST_EMAIL;
export const API_KEY = env.BAUTA_TEST_API_KEY;

/** Queues replies at the fake provider. */
export async function script(...replies) {
  await fetch(`${FAKE}/_fake/script`, { method: "POST", body: JSON.stringify(replies) });
}

/** Everything that the fake provider received so far. */
export async function requests() {
  return (await fetch(`${FAKE}/_fake/requests`)).json();
}

/** The last request, its body parsed. */
export async function last() {
  const request = (await requests()).at(-1);
  return { ...request, body: JSON.parse(request.body) };
}

/** All items of an async iterable. */
export async function all(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}
