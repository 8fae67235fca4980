package io.github.llamacpp4j.ffi;

import java.io.File;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;

/** Runs {@link LoaderMain} once for each argument, each time with classes of its own. */
final class TwoClassLoadersMain {

    private TwoClassLoadersMain() {}

    public static void main(String[] arguments) throws Exception {
        URL[] classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> url(new File(entry)))
                .toArray(URL[]::new);
        for (String argument : arguments) {
            ClassLoader loader = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader());
            Method main = loader.loadClass(LoaderMain.class.getName()).getMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(null, (Object) new String[] {argument});
        }
    }

    private static URL url(File file) {
        try {
            return file.toURI().toURL();
        } catch (java.net.MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
