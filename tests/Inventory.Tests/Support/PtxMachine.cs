using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ProviderAgent.Inventory.Tests.Support;

/// <summary>Runs programs in the device's assembly language on plain memory, one thread after the other. Knows the instructions that the self-test uses, and refuses others.</summary>
internal sealed partial class PtxMachine
{
    private readonly Dictionary<string, (string[] Parameters, List<string[]> Code, Dictionary<string, int> Labels)> _programs = [];

    public PtxMachine(string text)
    {
        Assert.EndsWith("\0", text, StringComparison.Ordinal);
        Assert.Matches(HeadPattern(), text);
        foreach (Match found in ProgramPattern().Matches(text))
        {
            string[] parameters = [.. found.Groups["parameters"].Value.Split(',').Select(parameter => parameter.Trim().Split(' ')[^1])];
            var (code, labels) = (new List<string[]>(), new Dictionary<string, int>());
            foreach (var line in found.Groups["body"].Value.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0))
            {
                if (line.EndsWith(':')) labels.Add(line[..^1], code.Count);
                else if (!line.StartsWith(".reg ", StringComparison.Ordinal)) code.Add(Words(line));
            }

            _programs.Add(found.Groups["name"].Value, (parameters, code, labels));
        }
    }

    public IReadOnlyCollection<string> Programs => _programs.Keys;

    /// <summary>Runs a program with every thread of a grid.</summary>
    public void Run(string name, byte[] memory, uint blocks, uint threads, params ulong[] arguments)
    {
        for (uint block = 0; block < blocks; block++)
        {
            for (uint thread = 0; thread < threads; thread++) RunThread(name, memory, (block, blocks), (thread, threads), arguments);
        }
    }

    private static string[] Words(string line)
    {
        Assert.EndsWith(";", line, StringComparison.Ordinal);
        return line.TrimEnd(';').Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
    }

    private void RunThread(string name, byte[] memory, (uint Id, uint Count) block, (uint Id, uint Count) thread, ulong[] arguments)
    {
        var (parameters, code, labels) = _programs[name];
        var registers = new Dictionary<string, ulong>
        {
            ["%ctaid.x"] = block.Id,
            ["%nctaid.x"] = block.Count,
            ["%tid.x"] = thread.Id,
            ["%ntid.x"] = thread.Count,
        };
        for (var at = 0; ;)
        {
            var words = code[at++];
            if (words[0].StartsWith('@'))
            {
                if (registers[words[0][1..]] == 0) continue;
                words = words[1..];
            }

            switch (words[0])
            {
                case "ret":
                    return;
                case "bra":
                    at = labels[words[1]];
                    break;
                case "st.global.u32":
                    BinaryPrimitives.WriteUInt32LittleEndian(memory.AsSpan(Address(words[1])), (uint)Value(words[2]));
                    break;
                default:
                    registers[words[1]] = Result(words);
                    break;
            }
        }

        ulong Result(string[] words) => words[0] switch
        {
            "ld.param.u64" or "ld.param.u32" => arguments[Array.IndexOf(parameters, words[2].Trim('[', ']'))],
            "cvta.to.global.u64" or "mov.u32" or "cvt.u64.u32" => Value(words[2]),
            "cvt.u32.u64" => (uint)Value(words[2]),
            "mul.wide.u32" => (ulong)(uint)Value(words[2]) * (uint)Value(words[3]),
            "add.u64" => Value(words[2]) + Value(words[3]),
            "add.u32" => (uint)Value(words[2]) + (uint)Value(words[3]),
            "mul.lo.u32" => (uint)Value(words[2]) * (uint)Value(words[3]),
            "mad.lo.u32" => (uint)Value(words[2]) * (uint)Value(words[3]) + (uint)Value(words[4]),
            "xor.b32" => (uint)(Value(words[2]) ^ Value(words[3])),
            "shr.u32" => (uint)Value(words[2]) >> (int)Value(words[3]),
            "shl.b64" => Value(words[2]) << (int)Value(words[3]),
            "setp.ge.u64" => Value(words[2]) >= Value(words[3]) ? 1UL : 0,
            "setp.ge.u32" => (uint)Value(words[2]) >= (uint)Value(words[3]) ? 1UL : 0,
            "setp.eq.u32" => (uint)Value(words[2]) == (uint)Value(words[3]) ? 1UL : 0,
            "ld.global.u32" => BinaryPrimitives.ReadUInt32LittleEndian(memory.AsSpan(Address(words[2]))),
            "atom.global.add.u32" => Add(Address(words[2]), (uint)Value(words[3])),
            _ => throw new NotSupportedException(string.Join(' ', words)),
        };

        ulong Value(string word) => word.StartsWith('%') ? registers[word] : ulong.Parse(word, CultureInfo.InvariantCulture);

        int Address(string word) => checked((int)registers[word.Trim('[', ']')]);

        uint Add(int address, uint by)
        {
            var before = BinaryPrimitives.ReadUInt32LittleEndian(memory.AsSpan(address));
            BinaryPrimitives.WriteUInt32LittleEndian(memory.AsSpan(address), before + by);
            return before;
        }
    }

    [GeneratedRegex(@"^\.version \d\.\d\n\.target sm_\d+\n\.address_size 64\n")]
    private static partial Regex HeadPattern();

    [GeneratedRegex(@"\.visible \.entry (?<name>\w+)\((?<parameters>[^)]*)\)\s*\{(?<body>[^}]*)\}")]
    private static partial Regex ProgramPattern();
}
