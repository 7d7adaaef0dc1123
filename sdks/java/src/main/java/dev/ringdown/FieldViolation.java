package dev.ringdown;

/**
 * An invalid field of a request.
 *
 * @param field path of the field, such as {@code actions[2].option.text}
 * @param description description of the problem
 */
public record FieldViolation(String field, String description) {}
