package dev.ringdown;

/**
 * A field of a request that is at fault.
 *
 * @param field path of the field, as {@code actions[2].option.text}
 * @param description what was expected
 */
public record FieldViolation(String field, String description) {}
