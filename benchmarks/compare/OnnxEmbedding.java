import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.llamacpp4j.engine.embedding.Embedder;
import io.github.llamacpp4j.engine.embedding.EmbedderOptions;
import io.github.llamacpp4j.engine.embedding.Embedding;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.Tokenizer;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * all-MiniLM-L6-v2 by ONNX Runtime and by llamacpp4j, in turn, in one JVM: 256 short sentences in batches of 32, on the same
 * number of threads and with the same tokens. See docs/benchmarks.md for how to start it.
 */
public final class OnnxEmbedding {

    private static final int BATCH = 32;
    private static final int ROUNDS = 15;

    public static void main(String[] args) throws Exception {
        int threads = Integer.parseInt(args[1]);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(threads);
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
        try (InputStream onnx = OnnxEmbedding.class.getResourceAsStream("/all-minilm-l6-v2.onnx");
                OrtSession session = environment.createSession(onnx.readAllBytes(), options);
                Model model = Model.load(Path.of(args[0]));
                Embedder embedder =
                        Embedder.open(model, EmbedderOptions.builder().threads(threads).build())) {
            List<String> texts = sentences();
            double[] onnxSpeed = new double[ROUNDS];
            double[] ownSpeed = new double[ROUNDS];
            double least = 1;
            for (int round = 0; round < ROUNDS; round++) {
                List<float[]> theirs = new ArrayList<>();
                long start = System.nanoTime();
                for (int i = 0; i < texts.size(); i += BATCH) {
                    theirs.addAll(embed(environment, session, model.tokenizer(), texts.subList(i, i + BATCH)));
                }
                onnxSpeed[round] = texts.size() * 1e9 / (System.nanoTime() - start);
                Thread.sleep(300);
                List<Embedding> ours = new ArrayList<>();
                start = System.nanoTime();
                for (int i = 0; i < texts.size(); i += BATCH) {
                    ours.addAll(embedder.embed(texts.subList(i, i + BATCH)));
                }
                ownSpeed[round] = texts.size() * 1e9 / (System.nanoTime() - start);
                Thread.sleep(300);
                for (int i = 0; i < texts.size(); i++) {
                    least = Math.min(least, ours.get(i).cosine(Embedding.of(theirs.get(i))));
                }
            }
            Arrays.sort(onnxSpeed);
            Arrays.sort(ownSpeed);
            System.out.printf(
                    "ONNX Runtime %.0f sentences/s, llamacpp4j %.0f, ratio %.2f; medians of %d rounds; least cosine between"
                            + " the two %.5f%n",
                    onnxSpeed[ROUNDS / 2], ownSpeed[ROUNDS / 2], ownSpeed[ROUNDS / 2] / onnxSpeed[ROUNDS / 2], ROUNDS, least);
        }
    }

    private static List<float[]> embed(
            OrtEnvironment environment, OrtSession session, Tokenizer tokenizer, List<String> texts) throws OrtException {
        List<int[]> tokens = texts.stream().map(tokenizer::encode).toList();
        int longest = tokens.stream().mapToInt(ids -> ids.length).max().orElseThrow();
        long[][] ids = new long[texts.size()][longest];
        long[][] mask = new long[texts.size()][longest];
        for (int i = 0; i < ids.length; i++) {
            for (int j = 0; j < tokens.get(i).length; j++) {
                ids[i][j] = tokens.get(i)[j];
                mask[i][j] = 1;
            }
        }
        try (OnnxTensor idTensor = OnnxTensor.createTensor(environment, ids);
                OnnxTensor maskTensor = OnnxTensor.createTensor(environment, mask);
                OnnxTensor typeTensor = OnnxTensor.createTensor(environment, new long[texts.size()][longest]);
                OrtSession.Result result = session.run(Map.of(
                        "input_ids", idTensor, "attention_mask", maskTensor, "token_type_ids", typeTensor))) {
            float[][][] rows = (float[][][]) result.get(0).getValue();
            List<float[]> means = new ArrayList<>();
            for (int i = 0; i < rows.length; i++) {
                float[] mean = new float[rows[i][0].length];
                for (int j = 0; j < tokens.get(i).length; j++) {
                    for (int k = 0; k < mean.length; k++) {
                        mean[k] += rows[i][j][k] / tokens.get(i).length;
                    }
                }
                means.add(mean);
            }
            return means;
        }
    }

    private static List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        for (String subject : List.of("The red fox", "A young engineer", "My neighbour", "The new compiler",
                "An old sailor", "The committee", "This small island", "Every student")) {
            for (String verb : List.of("reads a book about", "writes a letter on", "talks about", "pays attention to",
                    "remembers", "is known for", "asks questions on", "complains about")) {
                for (String object : List.of(
                        "gardening in spring", "distributed systems", "the price of bread", "early morning trains")) {
                    sentences.add(subject + " " + verb + " " + object + ".");
                }
            }
        }
        return sentences;
    }
}
