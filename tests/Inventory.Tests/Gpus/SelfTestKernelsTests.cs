using System.Runtime.InteropServices;
using System.Text;
using ProviderAgent.Inventory.Tests.Support;

namespace ProviderAgent.Inventory.Tests.Gpus;

/// <summary>The device's programs, run by a machine of our own: they do what the processor expects of them.</summary>
public sealed class SelfTestKernelsTests
{
    private const int Words = 1000;
    private const uint Number = 0xA5A5A5A5;

    // Behind the words, where the count of errors goes.
    private const int Errors = Words * 4;

    private readonly PtxMachine _machine = new(Encoding.ASCII.GetString(SelfTestKernels.Ptx));
    private readonly byte[] _memory = new byte[Errors + 8];

    // One thread for each word, several words for each thread, more threads than words.
    public static TheoryData<uint, uint> Grids => new() { { 1, 1000 }, { 2, 64 }, { 1, 1 }, { 9, 256 } };

    [Fact]
    public void Programs_AreThoseThatTheTestLaunches() => Assert.Equal(["pa_fill", "pa_check", "pa_compute"], _machine.Programs);

    [Theory]
    [MemberData(nameof(Grids))]
    public void Fill_WritesThePatternAndNothingBehindIt(uint blocks, uint threads)
    {
        _machine.Run("pa_fill", _memory, blocks, threads, 0, Words, Number);

        Assert.Equal(Enumerable.Range(0, Words).Select(index => SelfTestKernels.Mix((uint)index, Number)), Contents());
        Assert.Equal(new byte[8], _memory[Errors..]);
    }

    [Theory]
    [MemberData(nameof(Grids))]
    public void Check_CountsTheWordsThatAreNotThePattern(uint blocks, uint threads)
    {
        _machine.Run("pa_fill", _memory, blocks, threads, 0, Words, Number);
        _machine.Run("pa_check", _memory, blocks, threads, 0, Words, Number, Errors);
        Assert.Equal(0, _memory[Errors]);

        foreach (var at in (int[])[0, 4, 2000, Errors - 1]) _memory[at] ^= 1;
        _machine.Run("pa_check", _memory, blocks, threads, 0, Words, Number, Errors);
        Assert.Equal(4, _memory[Errors]);
    }

    [Theory]
    [MemberData(nameof(Grids))]
    public void Compute_MakesTheTurns(uint blocks, uint threads)
    {
        _machine.Run("pa_fill", _memory, blocks, threads, 0, Words, Number);
        _machine.Run("pa_compute", _memory, blocks, threads, 0, Words, 7);

        Assert.Equal(Enumerable.Range(0, Words).Select(index => SelfTestKernels.Turn(SelfTestKernels.Mix((uint)index, Number), 7)), Contents());
    }

    private uint[] Contents() => MemoryMarshal.Cast<byte, uint>(_memory.AsSpan(0, Errors)).ToArray();
}
