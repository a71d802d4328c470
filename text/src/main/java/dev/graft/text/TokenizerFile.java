package dev.graft.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.data.ContentDigest;
import dev.graft.data.DataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * The content of a {@code tokenizer.json}.
 *
 * @param json its bytes; not copied, not to be changed
 * @param digest of them
 * @param pad the id of padding
 * @param longest how many tokens it keeps where nobody says otherwise
 */
@SuppressWarnings("ArrayRecordComponent") // compared by its digest, where at all
record TokenizerFile(byte[] json, String digest, int pad, int longest) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> PAD_TOKENS = Set.of("[PAD]", "<pad>", "<PAD>");
  private static final int USUAL_LENGTH = 128;

  static TokenizerFile of(byte[] json) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new DataException("the tokenizer is no JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new DataException("the tokenizer cannot be read: " + e.getMessage(), e);
    }
    if (!root.path("model").isObject()) {
      throw new DataException("the tokenizer has no 'model'; is it a tokenizer.json?");
    }
    int pad = root.path("padding").path("pad_id").asInt(-1);
    for (JsonNode token : root.path("added_tokens")) {
      if (pad < 0 && PAD_TOKENS.contains(token.path("content").asText())) {
        pad = token.path("id").asInt();
      }
    }
    return new TokenizerFile(
        json,
        new ContentDigest().add(json).hex(),
        Math.max(pad, 0),
        root.path("truncation").path("max_length").asInt(USUAL_LENGTH));
  }

  /**
   * A tokenizer that divides at spaces and punctuation and looks whole words up.
   *
   * @param vocabulary the words by id; the first two stand for padding and for unknown words
   * @param lowerCase whether the words are in lower case, so that texts are to be made so
   */
  static TokenizerFile ofWords(List<String> vocabulary, boolean lowerCase) {
    ObjectNode root = JSON.createObjectNode();
    root.put("version", "1.0");
    if (lowerCase) {
      root.putObject("normalizer").put("type", "Lowercase");
    }
    root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    ObjectNode model = root.putObject("model");
    model.put("type", "WordLevel");
    model.put("unk_token", vocabulary.get(1));
    ObjectNode ids = model.putObject("vocab");
    for (int i = 0; i < vocabulary.size(); i++) {
      ids.put(vocabulary.get(i), i);
    }
    return of(root.toString().getBytes(StandardCharsets.UTF_8));
  }
}
