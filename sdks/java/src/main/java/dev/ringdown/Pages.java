package dev.ringdown;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;

/** All elements of a list. A page is requested when the previous one has been read. */
final class Pages<P, I> implements Iterable<I> {
    private final Function<String, P> list;
    private final String firstToken;
    private final Function<P, List<I>> items;
    private final Function<P, String> nextToken;

    Pages(Function<String, P> list, String firstToken, Function<P, List<I>> items, Function<P, String> nextToken) {
        this.list = list;
        this.firstToken = firstToken;
        this.items = items;
        this.nextToken = nextToken;
    }

    @Override
    public Iterator<I> iterator() {
        return new Iterator<>() {
            private Iterator<I> page;
            private String token = firstToken;

            @Override
            public boolean hasNext() {
                while (page == null || (!page.hasNext() && !token.isEmpty())) {
                    P answer = list.apply(token);
                    page = items.apply(answer).iterator();
                    token = nextToken.apply(answer);
                }
                return page.hasNext();
            }

            @Override
            public I next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return page.next();
            }
        };
    }
}
