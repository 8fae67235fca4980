package io.github.llamacpp4j.engine;

class FakeDecoderTest extends DecoderContract {

    @Override
    protected Decoder newDecoder() {
        return new FakeDecoder(new DecoderLimits(300, 256, 256, 16, 4, true, true, true), new FakeClock());
    }
}
