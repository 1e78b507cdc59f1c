package ailb.protocol.openaitoanthropic;

import ailb.protocol.anthropictoopenai.MessagesThinking;

/** Imports the other direction of the translation: for the test of the architecture to find. */
record PlantedImport(Class<MessagesThinking> other) {}
