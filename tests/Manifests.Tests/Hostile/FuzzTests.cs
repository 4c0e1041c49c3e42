using System.Text;

namespace ProviderAgent.Manifests.Tests.Hostile;

/// <summary>Mutated inputs of a fixed seed: whatever comes, a parser answers or throws its one declared exception.</summary>
public sealed class FuzzTests
{
    private const int Rounds = 4_000;

    private static readonly string[] YamlWords =
        ["&a ", "*a", "<<: *a", "- ", "? ", ": ", "{", "}", "[", "]", "|", ">-", "\"", "'", "\n", "  ", "#", "!!str ", "~", "null", "0x1F", "1e999", "-1", "999999999999999999999", "---\n", "...\n", "%YAML 1.2\n", "\t", "é", "\uD83D\uDE00", "version", "services", "profiles", "global: true", "ip: x"];

    private static readonly string[] JsonWords =
        ["{", "}", "[", "]", ",", ":", "null", "true", "\"", "\\", "\\u0000", "\\ud800", "1e999", "-0", "4294967296", "\"val\":", "\"\"", "[[[[", "{\"a\":{", "\"name\":\"name\"", "é"];

    [Fact]
    public void SdlReader_MutatedFiles_OnlyTheDeclaredException()
    {
        string[] folders = [.. Directory.EnumerateDirectories(Repository.Vector("gateway/sdl")).Order()];
        byte[][] seeds = [.. folders.Select(folder => File.ReadAllBytes(Path.Combine(folder, "sdl.yaml")))];
        var accepted = 0;

        Run(20_260_101, seeds, YamlWords, input =>
        {
            try
            {
                var read = SdlReader.Read(input);
                Assert.Null(StructureRules.Check(read.Manifest));
                Assert.Equal(read.Manifest, ManifestDecoder.Decode(CanonicalManifest.Encode(read.Manifest)));
                accepted++;
            }
            catch (SdlException e)
            {
                Assert.NotEmpty(e.Problems);
            }
        });

        Assert.InRange(accepted, 1, Rounds - 1); // the mutations neither break everything nor nothing
    }

    [Fact]
    public void ManifestDecoder_MutatedBodies_OnlyTheDeclaredException()
    {
        byte[][] seeds = [.. ValidationCase.All.Select(one => one.Body)];
        var groups = ValidationCase.All[0].Groups;
        var accepted = 0;

        Run(20_260_102, seeds, JsonWords, input =>
        {
            try
            {
                var manifest = ManifestDecoder.Decode(input);
                if (StructureRules.Check(manifest) is null) _ = GroupRules.Check(manifest, groups);
                var canonical = CanonicalManifest.Encode(manifest);
                Assert.Equal(canonical, CanonicalManifest.Encode(ManifestDecoder.Decode(canonical)));
                accepted++;
            }
            catch (ManifestException e)
            {
                Assert.NotEmpty(e.Message);
            }
        });

        Assert.InRange(accepted, 1, Rounds - 1);
    }

    private static void Run(int seed, byte[][] seeds, string[] words, Action<byte[]> parse)
    {
        var random = new Xorshift(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var input = new List<byte>(seeds[random.Next(seeds.Length)]);
            for (var change = random.Next(6); change >= 0; change--) Mutate(input, random, words, seeds);
            byte[] bytes = [.. input];
            var error = Record.Exception(() => parse(bytes));
            Assert.True(error is null, $"seed {seed}, round {round}: {error}\n{Encoding.UTF8.GetString(bytes)}");
        }
    }

    private static void Mutate(List<byte> input, Xorshift random, string[] words, byte[][] seeds)
    {
        var at = random.Next(input.Count + 1);
        var length = Math.Min(random.Next(40), input.Count - at);
        switch (random.Next(6))
        {
            case 0:
                input.InsertRange(at, Encoding.UTF8.GetBytes(words[random.Next(words.Length)]));
                break;
            case 1:
                input.RemoveRange(at, length);
                break;
            case 2:
                input.InsertRange(random.Next(input.Count + 1), input.GetRange(at, length));
                break;
            case 3 when at < input.Count:
                input[at] = (byte)random.Next(256);
                break;
            case 4 when at < input.Count:
                input[at] ^= (byte)(1 << random.Next(8));
                break;
            default:
                var other = seeds[random.Next(seeds.Length)];
                var from = random.Next(other.Length);
                input.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(200), other.Length - from)).ToArray());
                break;
        }
    }

    /// <summary>The same numbers on every machine and runtime.</summary>
    private sealed class Xorshift(int seed)
    {
        private ulong _state = (ulong)seed * 0x9E3779B97F4A7C15;

        public int Next(int below)
        {
            _state ^= _state << 13;
            _state ^= _state >> 7;
            _state ^= _state << 17;
            return (int)(_state % (ulong)below);
        }
    }
}
