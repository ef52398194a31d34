using System;
using System.Collections.Generic;
using System.Data.Common;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Catalog.Sql;

/// <summary>One transaction on an open catalog. Without a commit it is undone on disposal.</summary>
internal sealed class SqlSession : IAsyncDisposable
{
    private readonly DbConnection _connection;
    private readonly DbTransaction _transaction;

    private SqlSession(SqlDialect dialect, DbConnection connection, DbTransaction transaction)
    {
        Dialect = dialect;
        _connection = connection;
        _transaction = transaction;
    }

    /// <summary>The database's own words.</summary>
    public SqlDialect Dialect { get; }

    /// <summary>The condition that two names are the same, case aside.</summary>
    public string NameIs(string column, string parameter) => $"{Dialect.Folded(column)} = {Dialect.Folded(parameter)}";

    /// <summary>Begins a transaction.</summary>
    public static async Task<SqlSession> BeginAsync(
        SqlDialect dialect, DbConnection connection, SessionPurpose purpose, CancellationToken cancellationToken) =>
        new(dialect, connection, await dialect.BeginAsync(connection, purpose, cancellationToken).ConfigureAwait(false));

    /// <summary>Makes everything durable.</summary>
    public Task CommitAsync(CancellationToken cancellationToken) => _transaction.CommitAsync(cancellationToken);

    /// <summary>Runs a statement.</summary>
    /// <param name="sql">The statement, with parameters as <c>@name</c>.</param>
    /// <param name="values">Their values, by names without the sign.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>How many rows it changed.</returns>
    public async Task<int> ExecuteAsync(
        string sql, (string Name, object? Value)[] values, CancellationToken cancellationToken)
    {
        DbCommand command = CreateCommand(sql, values);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs a statement that may come upon a name that is taken.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="values">The values of its parameters.</param>
    /// <param name="taken">What is thrown then.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>How many rows it changed.</returns>
    public async Task<int> ExecuteUniqueAsync(
        string sql,
        (string Name, object? Value)[] values,
        Func<Exception, BackupException> taken,
        CancellationToken cancellationToken)
    {
        try
        {
            return await ExecuteAsync(sql, values, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException failure) when (Dialect.IsDuplicate(failure))
        {
            throw taken(failure);
        }
    }

    /// <summary>Runs a query.</summary>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql,
        (string Name, object? Value)[] values,
        Func<DbDataReader, T> read,
        CancellationToken cancellationToken)
    {
        List<T> rows = [];
        DbCommand command = CreateCommand(sql, values);
        await using (command.ConfigureAwait(false))
        {
            DbDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    rows.Add(read(reader));
                }
            }
        }

        return rows;
    }

    /// <summary>The first row of a query; null for none.</summary>
    public async Task<T?> FindAsync<T>(
        string sql,
        (string Name, object? Value)[] values,
        Func<DbDataReader, T> read,
        CancellationToken cancellationToken)
        where T : class
    {
        IReadOnlyList<T> rows = await QueryAsync(sql, values, read, cancellationToken).ConfigureAwait(false);
        return rows.Count > 0 ? rows[0] : null;
    }

    /// <summary>The one value that a query gives; null for none.</summary>
    public async Task<object?> ReadValueAsync(string sql, CancellationToken cancellationToken)
    {
        DbCommand command = CreateCommand(sql, []);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is { } value and not DBNull
                ? value : null;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _transaction.DisposeAsync();

    private DbCommand CreateCommand(string sql, (string Name, object? Value)[] values)
    {
        DbCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = _transaction;
        foreach ((string name, object? value) in values)
        {
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
