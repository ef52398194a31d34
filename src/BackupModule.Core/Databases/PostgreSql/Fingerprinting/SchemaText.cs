using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using Npgsql;

namespace BackupModule.Core.Databases.PostgreSql.Fingerprinting;

/// <summary>The definitions of a database as one hash.</summary>
/// <remarks>
/// A server prints an expression anew after each dump and restore, and puts casts and parentheses elsewhere:
/// <c>status IN ('a', 'b')</c> of a <c>varchar</c> comes back with the casts at the elements. So both are left out of
/// expressions; what is left out can differ unseen. Owners, rights and the versions of extensions are not in the text.
/// </remarks>
internal static partial class SchemaText
{
    // Objects of extensions belong to them, and may differ from version to version.
    private const string Query = """
        WITH spaces AS (
          SELECT n.oid, n.nspname FROM pg_namespace n
          WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
            AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e')),
        relations AS (
          SELECT c.*, quote_ident(s.nspname) || '.' || quote_ident(c.relname) AS name FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace
          WHERE NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')),
        types AS (
          SELECT t.*, quote_ident(s.nspname) || '.' || quote_ident(t.typname) AS name FROM pg_type t JOIN spaces s ON s.oid = t.typnamespace
          WHERE NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'))
        SELECT 'extension', extname::text, '' FROM pg_extension
        UNION ALL SELECT 'schema', nspname::text, '' FROM spaces
        UNION ALL SELECT 'relation', name, concat_ws(' ', relkind, relpersistence, relrowsecurity, relforcerowsecurity,
            pg_get_partkeydef(oid), pg_get_expr(relpartbound, oid))
          FROM relations WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'c', 'S')
        UNION ALL SELECT 'column', r.name || ' ' || row_number() OVER (PARTITION BY r.oid ORDER BY a.attnum),
            concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
              (SELECT l.collname FROM pg_collation l WHERE l.oid = a.attcollation AND l.collname <> 'default'),
              (SELECT pg_get_expr(f.adbin, f.adrelid) FROM pg_attrdef f WHERE f.adrelid = r.oid AND f.adnum = a.attnum))
          FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
          WHERE r.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
        UNION ALL SELECT 'constraint', coalesce((SELECT name FROM relations r WHERE r.oid = k.conrelid),
              (SELECT name FROM types t WHERE t.oid = k.contypid)) || ' ' || quote_ident(k.conname), pg_get_constraintdef(k.oid)
          FROM pg_constraint k WHERE k.contype NOT IN ('t', 'n')
            AND (k.conrelid IN (SELECT oid FROM relations) OR k.contypid IN (SELECT oid FROM types))
        UNION ALL SELECT 'index', i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
          FROM pg_index i WHERE i.indrelid IN (SELECT oid FROM relations)
        UNION ALL SELECT 'view', name, pg_get_viewdef(oid) FROM relations WHERE relkind IN ('v', 'm')
        UNION ALL SELECT 'rule', r.name || ' ' || quote_ident(w.rulename), pg_get_ruledef(w.oid)
          FROM pg_rewrite w JOIN relations r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'
        UNION ALL SELECT 'trigger', r.name || ' ' || quote_ident(t.tgname), pg_get_triggerdef(t.oid)
          FROM pg_trigger t JOIN relations r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
        UNION ALL SELECT 'policy', r.name || ' ' || quote_ident(p.polname), concat_ws(' ', p.polcmd, p.polpermissive,
            pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
          FROM pg_policy p JOIN relations r ON r.oid = p.polrelid
        UNION ALL SELECT 'parent', c.name, p.name
          FROM pg_inherits h JOIN relations c ON c.oid = h.inhrelid JOIN relations p ON p.oid = h.inhparent WHERE c.relkind IN ('r', 'p', 'f')
        UNION ALL SELECT 'sequence', r.name, concat_ws(' ', format_type(q.seqtypid, NULL), q.seqstart, q.seqincrement, q.seqmin, q.seqmax,
            q.seqcycle) FROM pg_sequence q JOIN relations r ON r.oid = q.seqrelid
        UNION ALL SELECT 'enum', t.name, (SELECT string_agg(quote_literal(e.enumlabel), ',' ORDER BY e.enumsortorder)
            FROM pg_enum e WHERE e.enumtypid = t.oid) FROM types t WHERE t.typtype = 'e'
        UNION ALL SELECT 'domain', t.name, concat_ws(' ', format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault)
          FROM types t WHERE t.typtype = 'd'
        UNION ALL SELECT 'function', p.oid::regprocedure::text,
            CASE WHEN p.prokind = 'a' THEN 'aggregate' ELSE pg_get_functiondef(p.oid) END
          FROM pg_proc p JOIN spaces s ON s.oid = p.pronamespace
          WHERE NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
        """;

    /// <summary>SHA-256 in hex of all definitions in the connection's database, as its transaction sees them. The search path
    /// must be empty.</summary>
    public static async Task<string> HashAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> lines = await SqlCommands.ReadAsync(connection, Query, DescribeLine, cancellationToken).ConfigureAwait(false);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] line in lines.Order(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes))
        {
            hash.AppendData(line);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string DescribeLine(NpgsqlDataReader row)
    {
        string kind = row.GetString(0);
        string text = row.Text(2) ?? string.Empty;
        return $"{kind}\0{row.GetString(1)}\0{(kind == "function" ? text : Simplify(text))}\n";
    }

    private static string Simplify(string definition) => Punctuation().Replace(Cast().Replace(definition, string.Empty), string.Empty);

    [GeneratedRegex("""
        ::(character\ varying|double\ precision|bit\ varying|time(stamp)?(\(\d+\))?\ with(out)?\ time\ zone|("[^"]+"|\w+)(\.("[^"]+"|\w+))*)
        (\(\d+(,\d+)?\))?(\[\])*
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Cast();

    [GeneratedRegex(@"[()\s]+", RegexOptions.CultureInvariant)]
    private static partial Regex Punctuation();
}
