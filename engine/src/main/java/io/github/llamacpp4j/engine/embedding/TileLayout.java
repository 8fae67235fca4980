package io.github.llamacpp4j.engine.embedding;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Places sequences so that each gets the same numbers whatever stands beside it, bit by bit, when llama.cpp computes flash
 * attention on processors ({@code ggml_compute_forward_flash_attn_ext_tiled}).
 *
 * <p>That kernel takes keys in tiles, and within a tile it adds up weights in blocks. Whatever belongs to another sequence
 * adds an exact zero, so the sums are the same as long as the same tokens of a sequence share a tile and a block. Hence a
 * sequence is cut into whole tiles, whole blocks and a rest, in this order, and the rests of several sequences fill a
 * block. Below 64 tokens another kernel with other sums would run ({@link LengthLayout}): batches are never shorter.
 */
final class TileLayout implements BatchLayout {

    /** {@code GGML_FA_TILE_Q} and {@code GGML_FA_TILE_KV}. */
    static final int TILE = 64;

    private final int capacity;
    private final AttentionBlocks blocks;
    private final List<Piece> wholeTiles = new ArrayList<>();
    private final List<Tile> mixedTiles = new ArrayList<>();
    private final List<Integer> lengths = new ArrayList<>();
    private int tokens;

    /** Some neighbouring tokens of a sequence. */
    private record Piece(int sequence, int first, int length) {}

    /** A block that rests share. */
    private final class Block {

        private final List<Piece> rests = new ArrayList<>();
        private int free = blocks.width();

        void add(Piece rest) {
            rests.add(rest);
            free = blocks.shared() ? free - rest.length() : 0;
        }

        int used() {
            return rests.stream().mapToInt(Piece::length).sum();
        }
    }

    /** A tile that sequences share; their whole blocks stand before their rests. */
    private final class Tile {

        private final List<Piece> wholeBlocks = new ArrayList<>();
        private final List<Block> sharedBlocks = new ArrayList<>();

        boolean takes(int length) {
            int rest = length % blocks.width();
            int needed = length / blocks.width() + (rest > 0 && room(rest).isEmpty() ? 1 : 0);
            return needed <= TILE / blocks.width() - wholeBlocks.size() - sharedBlocks.size();
        }

        /** The fullest block that has room for a rest. */
        private Optional<Block> room(int rest) {
            return sharedBlocks.stream()
                    .filter(block -> block.free >= rest)
                    .min(Comparator.comparingInt(block -> block.free));
        }

        void add(int sequence, int first, int length) {
            int rest = length % blocks.width();
            for (int i = first; i < first + length - rest; i += blocks.width()) {
                wholeBlocks.add(new Piece(sequence, i, blocks.width()));
            }
            if (rest > 0) {
                room(rest).orElseGet(this::newBlock).add(new Piece(sequence, first + length - rest, rest));
            }
        }

        private Block newBlock() {
            Block block = new Block();
            sharedBlocks.add(block);
            return block;
        }

        /** How far the tokens reach. */
        int end() {
            int begun = wholeBlocks.size() + sharedBlocks.size();
            return sharedBlocks.isEmpty()
                    ? begun * blocks.width()
                    : (begun - 1) * blocks.width() + sharedBlocks.getLast().used();
        }
    }

    /**
     * @param capacity the most tokens, without gaps, unless the first sequence alone has more
     * @param blocks what adds up in one go
     */
    TileLayout(int capacity, AttentionBlocks blocks) {
        this.capacity = capacity;
        this.blocks = blocks;
    }

    @Override
    public boolean add(int length) {
        int sequence = lengths.size();
        int whole = length / TILE;
        int rest = length % TILE;
        Optional<Tile> taking =
                mixedTiles.stream().filter(tile -> tile.takes(rest)).findFirst();
        int opened = whole + (rest > 0 && taking.isEmpty() ? 1 : 0);
        if (sequence > 0 && (tokens + length > capacity || (opened > 0 && !hasRoomFor(opened)))) {
            return false;
        }
        tokens += length;
        for (int i = 0; i < whole; i++) {
            wholeTiles.add(new Piece(sequence, i * TILE, TILE));
        }
        if (rest > 0) {
            taking.orElseGet(this::newTile).add(sequence, whole * TILE, rest);
        }
        lengths.add(length);
        return true;
    }

    /** Gaps may take one tile more than the tokens would without any. */
    private boolean hasRoomFor(int opened) {
        return wholeTiles.size() + mixedTiles.size() + opened <= Math.ceilDiv(capacity, TILE) + 1;
    }

    private Tile newTile() {
        Tile tile = new Tile();
        mixedTiles.add(tile);
        return tile;
    }

    /** The tile that reaches least far is last, where what follows its tokens can be left out. */
    private Stream<Tile> mixedTilesInOrder() {
        return mixedTiles.stream().sorted(Comparator.comparingInt(Tile::end).reversed());
    }

    @Override
    public int size() {
        int unused =
                mixedTiles.stream().mapToInt(tile -> TILE - tile.end()).max().orElse(0);
        return Math.max(TILE, (wholeTiles.size() + mixedTiles.size()) * TILE - unused);
    }

    @Override
    public List<int[]> places() {
        List<int[]> places = new ArrayList<>();
        lengths.forEach(length -> places.add(new int[length]));
        int place = 0;
        for (Piece piece : wholeTiles) {
            put(places, piece, place);
            place += TILE;
        }
        for (Tile tile : mixedTilesInOrder().toList()) {
            int block = place;
            for (Piece piece : tile.wholeBlocks) {
                put(places, piece, block);
                block += blocks.width();
            }
            for (Block shared : tile.sharedBlocks) {
                int next = block;
                for (Piece rest : shared.rests) {
                    put(places, rest, next);
                    next += rest.length();
                }
                block += blocks.width();
            }
            place += TILE;
        }
        return places;
    }

    private static void put(List<int[]> places, Piece piece, int place) {
        int[] of = places.get(piece.sequence());
        for (int i = 0; i < piece.length(); i++) {
            of[piece.first() + i] = place + i;
        }
    }
}
