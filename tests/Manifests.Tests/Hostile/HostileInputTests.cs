using System.Text;

namespace ProviderAgent.Manifests.Tests.Hostile;

/// <summary>Inputs that have crashed parsers; they run in a process of their own.</summary>
public sealed class HostileInputTests
{
    private static readonly (string Parser, string Input, string Message)[] Inputs =
    [
        ("sdl", "? &a {? *a : x}\n: y", "stands inside its own anchor"),
        ("sdl", "&a [*a]", "stands inside its own anchor"),
        ("sdl", Repeat("{a: ", 20_000), "nested more than 32 levels deep"),
        ("sdl", Repeat("[", 20_000) + Repeat("]", 20_000), "nested more than 32 levels deep"),
        ("sdl", Repeat("- ", 20_000), "nested more than 32 levels deep"),
        ("sdl", Repeat("? ", 20_000), "nested more than 32 levels deep"),
        ("sdl", Repeat("{? ", 20_000), ""),
        ("sdl", Repeat("&a ", 20_000), "not valid YAML"),
        ("sdl", Repeat("!a ", 20_000), ""),
        ("sdl", Laughs(9, 9), "more than 20000 values"),
        ("sdl", DeepAliases(40), "nested more than 32 levels deep"),
        ("sdl", "x: [" + Repeat("1,", 30_000) + "]", "more than 20000 values"),
        ("sdl", new string('a', 300_000), "larger than 262144 bytes"),
        ("sdl", "a: " + new string('"', 100_001), ""),
        ("sdl", Repeat("a", 200_000) + ":", ""),
        ("sdl", "version: \"2.0\"\0", "control character U+0000"),
        ("sdl", Repeat("%TAG ! x\n", 10_000), ""),
        ("sdl", Repeat("---\n", 10_000), "more than one document"),
        ("sdl", "a: |" + Repeat("\n ", 100_000), ""),
        ("manifest", Repeat("[", 20_000), "must be an object, is a list"),
        ("manifest", Repeat("{\"a\":", 20_000), "must be a list"),
        ("manifest", "[{\"x\":" + Repeat("{\"a\":", 20_000), "nested too deeply"),
        ("manifest", "[" + Repeat("{},", 2_000_000) + "{}]", "more than 64 entries"),
        ("manifest", "[{\"services\":[{\"env\":[" + Repeat("\"\",", 2_000_000) + "\"\"]}]}]", "more than 4096 entries"),
        ("manifest", "[{\"services\":[{\"resources\":{\"cpu\":{\"units\":{\"val\":\"" + Repeat("9", 1_000_000) + "\"}}}}]}]", "must be a whole number"),
        ("manifest", "[{\"services\":[{\"count\":" + Repeat("9", 1_000_000) + "}]}]", "must be a whole number"),
        ("manifest", "[{\"" + Repeat("a", 8_000_000) + "\":1}]x", "malformed"),
        ("manifest", new string(' ', (8 * 1024 * 1024) + 1), "larger than 8388608 bytes"),
    ];

    [Fact]
    public async Task Read_HostileInput_IsRefusedWithoutHarm()
    {
        var answers = await ParserProcess.ParseAsync([.. Inputs.Select(one => (one.Parser, Encoding.UTF8.GetBytes(one.Input)))]);

        for (var i = 0; i < Inputs.Length; i++)
        {
            Assert.True(answers[i].StartsWith("refused: ", StringComparison.Ordinal) && answers[i].Contains(Inputs[i].Message, StringComparison.Ordinal), $"input {i}: {answers[i]}");
        }
    }

    [Fact]
    public void Read_YamlThatIsNotUtf8_IsRefused()
    {
        var error = Assert.Throws<SdlException>(() => SdlReader.Read([(byte)'a', (byte)':', (byte)' ', 0xC3, 0x28]));

        Assert.Contains("not UTF-8 text (byte 4)", error.Message, StringComparison.Ordinal);
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    // Each level stands nine times in the next.
    private static string Laughs(int levels, int width)
    {
        var yaml = new StringBuilder("l0: &l0 x\n");
        for (var level = 1; level <= levels; level++) yaml.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"l{level}: &l{level} [{string.Join(",", Enumerable.Repeat($"*l{level - 1}", width))}]");
        return yaml.ToString();
    }

    // Each level holds the one before, so the document is deep although no line is.
    private static string DeepAliases(int levels) => Laughs(levels, 1);
}
