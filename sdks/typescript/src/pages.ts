import type { CallOptions } from "@connectrpc/connect";
import type { Message } from "@bufbuild/protobuf";

/** A page: a list and the token of the next page. */
type Page = Message & { nextPageToken: string };

/** The elements of the pages. */
type Item<P> = {
  [K in keyof P]-?: K extends `$${string}` ? never : P[K] extends (infer I)[] ? I : never;
}[keyof P];

type List<Req, P extends Page> = (request: Req, options?: CallOptions) => Promise<P>;

/**
 * Iterates over all elements of a list and fetches pages as they are needed:
 * `for await (const call of listAll(client.calls.listCalls, { status: CallStatus.HANGUP }))`.
 */
export async function* listAll<Req extends object, P extends Page>(
  list: List<Req, P>,
  request: Req,
  options?: CallOptions,
): AsyncGenerator<Item<P>, void, undefined> {
  let pageToken = (request as { pageToken?: string }).pageToken ?? "";
  do {
    const page = await list({ ...request, pageToken }, options);
    yield* itemsOf(page);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
}

/** Returns the list of a page; a page has only one. */
function itemsOf<P extends Page>(page: P): Item<P>[] {
  const found = Object.entries(page).find(([name, value]) => !name.startsWith("$") && Array.isArray(value));
  return (found?.[1] ?? []) as Item<P>[];
}
