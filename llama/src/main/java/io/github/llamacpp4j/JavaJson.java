package io.github.llamacpp4j;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.NamedType;

/** Reads JSON into Java values, sealed types by their discriminator; see {@link SealedTypes}. */
final class JavaJson {

    private static final JsonMapper MAPPER = JsonMapper.builder(new JsonFactory())
            .annotationIntrospector(new Introspector())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JavaJson() {}

    static JsonMapper mapper() {
        return MAPPER;
    }

    private static final class Introspector extends JacksonAnnotationIntrospector {

        private static final long serialVersionUID = 1L;

        private static final JsonTypeInfo.Value BY_NAME = JsonTypeInfo.Value.construct(
                JsonTypeInfo.Id.NAME, JsonTypeInfo.As.PROPERTY, SealedTypes.PROPERTY, null, false, true, null);

        @Override
        public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
            JsonTypeInfo.Value given = super.findPolymorphicTypeInfo(config, annotated);
            Class<?> type = annotated.getRawType();
            boolean sealed = annotated.getAnnotated() instanceof Class<?>
                    && (SealedTypes.isDiscriminated(type) || SealedTypes.isLeaf(type));
            return given == null && sealed ? BY_NAME : given;
        }

        @Override
        public @Nullable List<NamedType> findSubtypes(MapperConfig<?> config, Annotated annotated) {
            Class<?> type = annotated.getRawType();
            if (annotated.getAnnotated() instanceof Class<?> && SealedTypes.isDiscriminated(type)) {
                return SealedTypes.leaves(type).stream()
                        .map(leaf -> new NamedType(leaf, SealedTypes.name(leaf)))
                        .toList();
            }
            return super.findSubtypes(config, annotated);
        }
    }
}
