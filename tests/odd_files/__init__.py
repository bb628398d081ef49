"""Files as people have them, each odd in its own way, with what is right for it: `FILES` by their kinds."""

from tests.odd_files import (
    annotation_tools,
    chatbot_tools,
    classes_by_key,
    conversations,
    json_shapes,
    lines_and_headers,
    lists_and_programs,
    negatives,
    quotes_and_delimiters,
    several_texts,
    words_of_yaml,
    workbooks_and_labels,
)

FILES = {
    kind: file
    for part in (
        quotes_and_delimiters,
        lines_and_headers,
        json_shapes,
        annotation_tools,
        chatbot_tools,
        classes_by_key,
        conversations,
        negatives,
        several_texts,
        words_of_yaml,
        workbooks_and_labels,
        lists_and_programs,
    )
    for kind, file in part.FILES.items()
}
