using System.Text;

namespace ProviderAgent.Inventory;

/// <summary>Programs that run on the device during a self-test, in the assembly language that every driver compiles for its own hardware.</summary>
/// <remarks>
/// All work on words of 32 bits, one thread for each of a stride, so that any number of words can be covered by any grid.
/// <c>pa_fill(words, count, number)</c> writes <c>mix(i ^ number)</c> into word i. <c>pa_check(words, count, number, errors)</c> counts the words
/// that hold something else. <c>pa_compute(words, count, number)</c> replaces each word by what <c>number</c> turns of a linear congruential
/// generator make of it. The same is computed on the processor in <see cref="Mix"/> and <see cref="Turn"/>.
/// </remarks>
internal static class SelfTestKernels
{
    public const uint MixFactor = 2654435761;
    public const uint TurnFactor = 1664525;
    public const uint TurnTerm = 1013904223;

    /// <summary>What <c>pa_fill</c> writes into word <paramref name="index"/>.</summary>
    public static uint Mix(uint index, uint seed)
    {
        var x = (index ^ seed) * MixFactor;
        return x ^ (x >> 15);
    }

    /// <summary>What <c>pa_compute</c> makes of a word.</summary>
    public static uint Turn(uint word, uint rounds)
    {
        for (uint i = 0; i < rounds; i++) word = word * TurnFactor + TurnTerm;
        return word;
    }

    /// <summary>For compute capability 3.5 and up; ends with a zero, as the driver wants it.</summary>
    public static ReadOnlySpan<byte> Ptx => Image;

    private static readonly byte[] Image = Encoding.ASCII.GetBytes($"""
        .version 6.0
        .target sm_35
        .address_size 64

        {Program("pa_fill", ".param .u32 number", "", $"""
            {Pattern}
            st.global.u32 [%rd6], %r6;
        """)}
        {Program("pa_check", ".param .u32 number, .param .u64 errors", """
            ld.param.u64 %rd7, [errors];
            cvta.to.global.u64 %rd7, %rd7;
        """, $"""
            {Pattern}
            ld.global.u32 %r8, [%rd6];
            setp.eq.u32 %p2, %r8, %r6;
            @%p2 bra GOOD;
            atom.global.add.u32 %r9, [%rd7], 1;
        GOOD:
        """)}
        {Program("pa_compute", ".param .u32 number", "", $"""
            ld.global.u32 %r6, [%rd6];
            mov.u32 %r7, 0;
        ROUND:
            setp.ge.u32 %p2, %r7, %r1;
            @%p2 bra STORE;
            mad.lo.u32 %r6, %r6, {TurnFactor}, {TurnTerm};
            add.u32 %r7, %r7, 1;
            bra ROUND;
        STORE:
            st.global.u32 [%rd6], %r6;
        """)}
        {'\0'}
        """);

    /// <summary>Leaves in <c>%r6</c> what <see cref="Mix"/> makes of the index in <c>%rd3</c> and the number in <c>%r1</c>.</summary>
    private static string Pattern => $"""
            cvt.u32.u64 %r6, %rd3;
            xor.b32 %r6, %r6, %r1;
            mul.lo.u32 %r6, %r6, {MixFactor};
            shr.u32 %r7, %r6, 15;
            xor.b32 %r6, %r6, %r7;
        """;

    /// <summary>A program that does <paramref name="each"/> for each word of its thread's stride: index in <c>%rd3</c>, address in <c>%rd6</c>, its number in <c>%r1</c>.</summary>
    /// <remarks>Labels are local to the braces around them, so that all programs can use the same ones.</remarks>
    private static string Program(string name, string parameters, string before, string each) => $$"""
        .visible .entry {{name}}(.param .u64 words, .param .u64 count, {{parameters}})
        {
            .reg .pred %p<3>;
            .reg .b32 %r<12>;
            .reg .b64 %rd<10>;
            ld.param.u64 %rd1, [words];
            ld.param.u64 %rd2, [count];
            ld.param.u32 %r1, [number];
            cvta.to.global.u64 %rd1, %rd1;
            {{before}}
            mov.u32 %r2, %ctaid.x;
            mov.u32 %r3, %ntid.x;
            mov.u32 %r4, %tid.x;
            mul.wide.u32 %rd3, %r2, %r3;
            cvt.u64.u32 %rd4, %r4;
            add.u64 %rd3, %rd3, %rd4;
            mov.u32 %r5, %nctaid.x;
            mul.wide.u32 %rd5, %r5, %r3;
        NEXT:
            setp.ge.u64 %p1, %rd3, %rd2;
            @%p1 bra DONE;
            shl.b64 %rd6, %rd3, 2;
            add.u64 %rd6, %rd1, %rd6;
            {{each}}
            add.u64 %rd3, %rd3, %rd5;
            bra NEXT;
        DONE:
            ret;
        }

        """;
}
